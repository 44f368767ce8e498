// What the page draws with, file by file. The bundler puts this in place of the name `pixi.js`: behind that name stand all three renderers,
// pointer events, accessibility, loaders, filters, meshes and particles, and a chunk that names one of them carries them all. So the
// renderers stay chunks of their own, fetched when one is chosen.
export { Application } from 'pixi.js/lib/app/Application.mjs';
export { CanvasSource } from 'pixi.js/lib/rendering/renderers/shared/texture/sources/CanvasSource.mjs';
export { Texture } from 'pixi.js/lib/rendering/renderers/shared/texture/Texture.mjs';
export { Container } from 'pixi.js/lib/scene/container/Container.mjs';
export { Graphics } from 'pixi.js/lib/scene/graphics/shared/Graphics.mjs';
export { GraphicsContext } from 'pixi.js/lib/scene/graphics/shared/GraphicsContext.mjs';
export { Sprite } from 'pixi.js/lib/scene/sprite/Sprite.mjs';
export { Text } from 'pixi.js/lib/scene/text/Text.mjs';
