/** The version in package.json, as a test makes sure; written here so that nothing needs to be read for it. */
export const VERSION = '0.1.0';
