// Names and units as they stand on axes.

/** "concentration (mg/L)"; where the file tells no unit, that is said instead. */
function measureLabel(data, role) {
  return `${role === 'pk' ? 'concentration' : 'biomarker'} (${data.units[role] || 'units of the file'})`;
}

let doseUnit = 'mg';  // of the page's trial, set when it starts
const armName = (level) => (level === 0 ? 'placebo' : `${formatNumber(level)} ${doseUnit}`);
const armOf = (arms, level) => Math.max(0, arms.indexOf(level));
const roleName = (role) => (role === 'pk' ? 'Concentration (PK)' : 'Biomarker (PD)');

/** The time axis of `marks`: hours from the first to the last value. */
function timeAxis(marks) {
  return {domain: domainOf(marks, 'x', {pad: 0.01}), scale: 'time', name: 'time', unit: 'h'};
}

/** The axis of measured values: from zero, or logarithmic over the positive values. */
function measureAxis(data, role, marks, log) {
  const scale = log ? 'log' : 'linear';
  return {domain: domainOf(marks, 'y', {log, zero: !log}), scale, name: role === 'pk' ? 'concentration' : 'biomarker'};
}

/** The threshold of the dose search as a dashed line; none when no search was made. */
function thresholdMark(data, makeRoom = true) {
  return data.answers ? [{kind: 'rule', axis: 'y', at: data.threshold, legend: `threshold ${formatNumber(data.threshold)}`, makeRoom}] : [];
}
