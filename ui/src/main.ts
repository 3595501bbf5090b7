import './design/base.css';
import './design/floating.css';

import { mount } from 'svelte';

import { FakeEngine } from './engine/fake';
import { readScene } from './engine/fake/scene';
import Root from './Root.svelte';

const target = document.getElementById('app');
if (target) {
  mount(Root, { target, props: { engine: new FakeEngine(readScene(window.location.search)) } });
}
