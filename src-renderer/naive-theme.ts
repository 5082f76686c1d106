import { darkTheme, type GlobalTheme, type GlobalThemeOverrides } from 'naive-ui'

type ThemeName = 'light' | 'dark' | 'contrast'

/** Naive's own dark theme beneath ours, where ours is dark. */
export function naiveTheme(theme: ThemeName): GlobalTheme | null {
  return theme === 'light' ? null : darkTheme
}

const accents: Readonly<
  Record<
    ThemeName,
    { readonly accent: string; readonly hover: string; readonly onAccent: string; readonly border: string; readonly muted: string }
  >
> = {
  light: { accent: '#1a5cb8', hover: '#164f9e', onAccent: '#ffffff', border: '#8792a2', muted: '#55606f' },
  dark: { accent: '#7fb2ff', hover: '#a5caff', onAccent: '#0b1420', border: '#6d7a8b', muted: '#a3aebd' },
  contrast: { accent: '#ffe14d', hover: '#fff0a0', onAccent: '#000000', border: '#ffffff', muted: '#ffffff' },
}

/** Our colours on Naive's parts. The same values stand in styles/tokens.css; Naive computes with them and cannot read CSS variables. */
export function naiveOverrides(theme: ThemeName): GlobalThemeOverrides {
  const { accent, hover, onAccent, border, muted } = accents[theme]
  return {
    common: {
      primaryColor: accent,
      primaryColorHover: hover,
      primaryColorPressed: hover,
      primaryColorSuppl: accent,
      borderColor: border,
      placeholderColor: muted,
      fontFamily: 'var(--font)',
      fontSize: '13px',
      fontSizeMedium: '13px',
      fontSizeSmall: '13px',
      heightMedium: '30px',
      heightSmall: '28px',
      borderRadius: '6px',
    },
    Button: {
      textColorPrimary: onAccent,
      textColorHoverPrimary: onAccent,
      textColorPressedPrimary: onAccent,
      textColorFocusPrimary: onAccent,
      border: `1px solid ${border}`,
    },
    Input: { border: `1px solid ${border}`, placeholderColor: muted, color: 'transparent', colorFocus: 'transparent' },
  }
}
