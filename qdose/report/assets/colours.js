// The looks that mean the same in every plot. Colours are defined by role in colours.css.

const colours = [1, 2, 3, 4, 5, 6, 7, 8].map((i) => `var(--series-${i})`);
const shapes = ['circle', 'triangle', 'square', 'diamond', 'cross'];

const looks = {
  posterior: {colour: colours[0], name: 'posterior (Stage 2)', shape: 'circle'},
  kernel: {colour: colours[1], name: 'quantum kernel (Stage 3)', dash: '7 4', shape: 'diamond'},
  observed: {colour: 'var(--ink)'},
};
