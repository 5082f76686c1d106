/** Building blocks of names. Early entries are picked far more often than late ones, so that some words are in a third of all names. */
// prettier-ignore
export const firstNames = [
  'Matthew', 'Priya', 'Elena', 'James', 'Aisha', 'Zoë', 'Lukas', 'Grace', 'Diego', 'Mei', 'Olivia', 'Noah', 'Chiara', 'Kwame', 'Ingrid', 'Tomasz',
  'Fatima', 'Søren', 'Anna', 'Rahul', 'Nguyễn', 'Beatriz', 'Owen', 'Yuki', 'Hannah', 'Mateus', 'Siobhán', 'Viktor', 'Leila', 'Peter', 'Amara', 'José',
  'Katarzyna', 'Daniel', 'Sanjay', 'Élodie', 'Martin', 'Nora', 'Ahmet', 'Ruth',
] as const

// prettier-ignore
export const lastNames = [
  'Anderson', 'Raman', 'Petrova', 'Okafor', 'Lindqvist', 'García', 'Müller', 'Tanaka', 'O’Brien', 'Kowalski', 'Haddad', 'Smith', 'Nakamura', 'Silva',
  'Dubois', 'Van der Berg', 'Łukasiewicz', 'Jensen', 'Rossi', 'Chen', 'Novák', 'Ferreira', 'Kaya', 'Adeyemi', 'Johnson', 'Virtanen', 'Schäfer', 'Ito',
  'Murphy', 'Popescu', 'Thanh', 'Williams', 'Ødegård', 'Brown', 'Costa', 'Mbeki', 'Weiss', 'Clark', 'Horváth', 'Young', 'Patel', 'Ivanova', 'Moreau', 'Reyes',
  'Becker', 'Sato', 'Walsh', 'Duarte', 'Lee', 'Fischer',
] as const

/** Names in other scripts: full names as the services would hold them, with the part before the @. */
export const otherScripts = [
  ['佐藤 美咲', 'misaki.sato'],
  ['محمد العلي', 'mohammed.alali'],
  ['Дмитрий Соколов', 'dmitri.sokolov'],
  ['김민준', 'minjun.kim'],
  ['Αλεξάνδρα Παππά', 'alexandra.pappa'],
] as const

// prettier-ignore
export const topics = [
  'report', 'budget', 'contract', 'invoice', 'board minutes', 'payroll', 'forecast', 'audit', 'policy', 'merger', 'roadmap', 'onboarding', 'pricing', 'risk register',
  'NDA', 'due diligence', 'architecture', 'security review', 'press release', 'offer letter', 'Überblick', 'présentation', '見積書', 'договор',
] as const

// prettier-ignore
export const qualifiers = [
  'final', 'draft', 'Q1', 'Q2', 'Q3', 'Q4', 'v2', 'signed', '2025', '2026', 'EMEA', 'APAC', 'redacted', 'summary', 'appendix', 'R&D', 'Müller & Co', 'board',
] as const

export const fileTypes = ['pdf', 'docx', 'xlsx', 'pptx', 'png', 'csv', 'zip', 'eml', 'mp4'] as const

// prettier-ignore
export const places = [
  'Northwind Data Room', 'Finance', 'Legal', 'Project Aurora', 'Human Resources', 'Client Portal', 'Engineering', 'Marketing', 'Board of Directors', 'Testing the API',
  'Sales EMEA', 'Facilities', 'M&A <confidential>', 'Qualité', 'Support 日本', 'Vendor Reviews', 'Archive 2019', 'Sandbox',
] as const

// prettier-ignore
export const appWords = [
  'billing', 'orders', 'identity', 'catalog', 'gateway', 'reports', 'search', 'notifier', 'ledger', 'mailer', 'scheduler', 'frontend', 'media', 'metrics', 'inventory', 'webhook',
] as const

/** Names that must be shown and exported as text and never act: markup, formulas, control characters, direction overrides, half a character. */
export const hostileNames = [
  '<script>alert(1)</script>.pdf',
  '=HYPERLINK("http://attacker.example","click").xlsx',
  '<img src=x onerror=alert(1)>.png',
  '+1-800-INVOICE@home.csv',
  'bell\u0007 and escape \u001b[31mred\u001b[0m.txt',
  'annual\u202Efdp.exe',
  'tab\tand\nnew line.docx',
  'half a character \ud83d.png',
  "'; DROP TABLE events; --.sql",
  '@SUM(A1:A9) &lt;b&gt;entities&lt;/b&gt; &amp; more.xlsx',
] as const
