// Says at once that something happens, since the rest takes seconds to load. `npm start` loads it before anything else; a module runs once.
console.log('正在启动…… Starting …')
