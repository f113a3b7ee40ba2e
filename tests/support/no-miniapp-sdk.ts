// What the build puts in place of Agora's mini program SDK where it is not wanted or not there.
export default undefined
