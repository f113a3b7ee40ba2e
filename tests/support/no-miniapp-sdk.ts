// The build's replacement for Agora's mini program SDK if it is not used or missing.
export default undefined
