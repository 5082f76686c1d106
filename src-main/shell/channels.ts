/** The three channels between preload and main; the method table never touches them. */
export const callChannel = 'trailview:call'
export const cancelChannel = 'trailview:cancel'
export const pushChannel = 'trailview:push'
