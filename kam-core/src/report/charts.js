// The charts: Vega draws them as SVG whose colours are the page's, so that one drawing serves light, dark and paper.
(() => {
'use strict';
const held = document.getElementById('kam-charts');
if (!held || typeof vegaEmbed !== 'function') return;
const { config, charts } = JSON.parse(held.textContent);
const draw = async () => {
  for (const plot of document.querySelectorAll('[data-chart]')) {
    const narrow = plot.clientWidth < 480;
    const here = { ...config, axis: { ...config.axis, labelLimit: narrow ? 96 : 170 }, legend: { ...config.legend, columns: narrow ? 2 : undefined } };
    try {
      await vegaEmbed(plot, charts[Number(plot.dataset.chart)], {
        mode: 'vega-lite', renderer: 'svg', ast: true, actions: false, defaultStyle: false, config: here, tooltip: { disableDefaultStyle: true },
      });
      plot.dataset.drawn = 'yes';
    } catch (error) {
      plot.textContent = `This chart could not be drawn: ${error.message}`;
    }
  }
  document.documentElement.dataset.charts = 'drawn';
};
draw();
})();
