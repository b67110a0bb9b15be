// Compartments by their modes, turnover by an integrating factor on panels of Gauss nodes: the predictions of qdose,
// on its own panels and nodes. Exponentials are taken once for each distinct time since a dose.
functions {
#include population_functions.stan

  // [rates, amplitudes] of the concentration after a unit dose: disposition first, absorption last.
  matrix modes_of(vector p, int compartments) {
    matrix[compartments + 1, 2] modes;
    real ka = p[compartments == 1 ? 3 : 5];
    if (compartments == 1) {
      modes[1, 1] = p[1] / p[2];
      modes[1, 2] = inv(p[2]);
    } else {
      real k10 = p[1] / p[2];
      real k12 = p[4] / p[2];
      real k21 = p[4] / p[3];
      real split = sqrt(square(k10 + k12 - k21) + 4 * k12 * k21);
      real alpha = 0.5 * (k10 + k12 + k21 + split);
      real beta = k10 * k21 / alpha;
      modes[1, 1] = alpha;
      modes[2, 1] = beta;
      modes[1, 2] = (alpha - k21) / (split * p[2]);
      modes[2, 2] = (k21 - beta) / (split * p[2]);
    }
    for (m in 1:compartments) modes[m, 2] = modes[m, 2] * ka / (ka - modes[m, 1]);
    modes[compartments + 1, 1] = ka;
    modes[compartments + 1, 2] = -sum(modes[1:compartments, 2]);
    return modes;
  }

  // Concentrations at points: each looks back to a dose, so many hours (`hours`, by offset) ago. What doses left
  // behind decays from one to the next.
  vector concentrations(matrix modes, vector amount, int[] gap, vector hours, int[] dose, int[] offset) {
    int D = num_elements(amount);
    row_vector[rows(modes)] amplitude = modes[, 2]';
    matrix[num_elements(hours), rows(modes)] decay = exp(hours * -modes[, 1]');
    matrix[D, rows(modes)] left;
    left[1] = amount[1] * amplitude;
    for (d in 2:D) left[d] = left[d - 1] .* decay[gap[d]] + amount[d] * amplitude;
    return rows_dot_product(left[dose], decay[offset]);
  }

  // Integrals over (0, 1) of exp(-z (1 - x)) x^m, m = 0 ... n - 1: upwards, or downwards from a series of the last one.
  vector moments(real z, int n) {
    vector[n] N;
    if (z > 0.5) {
      N[1] = (1 - exp(-z)) / z;
      for (m in 2:n) N[m] = (1 - (m - 1) * N[m - 1]) / z;
    } else {
      real series = 1;
      for (k in 1:12) series = 1 - z * series / (n + 13 - k);
      N[n] = series / n;
      for (m in 2:n) N[n + 1 - m] = (1 - z * N[n + 2 - m]) / (n + 1 - m);
    }
    return N;
  }

  // y after `after` panels (1: none), from `start` on: dy/dt = level - kout y, the level a polynomial through its
  // values at the nodes. `power` has its coefficients.
  vector turnover(vector level, real start, real kout, matrix power, vector hours, int[] length, int[] after) {
    int n = rows(power);
    int P = size(length);
    int L = num_elements(hours);
    matrix[n, L] weight;
    vector[L] decay = exp(-kout * hours);
    row_vector[P] gain;
    vector[P + 1] y;
    for (l in 1:L) weight[, l] = power' * (hours[l] * moments(kout * hours[l], n));
    gain = columns_dot_product(weight[, length], to_matrix(level, n, P));
    y[1] = start;
    for (q in 1:P) y[q + 1] = fma(decay[length[q]], y[q], gain[q]);
    return y[after];
  }
}
data {
#include population_data.stan
  int<lower=1> nodes;
  matrix[nodes, nodes] power;
  // Indices count within the subject: distinct times since a dose, the one since the dose before, points (values first,
  // then nodes), distinct panel lengths, panels.
  int offset_at[subjects + 1];
  vector[offset_at[subjects + 1] - 1] offset_hours;
  int gap_of_dose[dose_at[subjects + 1] - 1];
  int point_at[subjects + 1];
  int dose_of_point[point_at[subjects + 1] - 1];
  int offset_of_point[point_at[subjects + 1] - 1];
  int length_at[subjects + 1];
  vector[length_at[subjects + 1] - 1] length_hours;
  int panel_at[subjects + 1];
  int length_of_panel[panel_at[subjects + 1] - 1];
  int after_panel[pd_at[subjects + 1] - 1];  // 1: the baseline
}
parameters {
  vector[dimension] x;
}
model {
  matrix[subjects, parameter_count] expected = means_of(x, inputs, typical_at, beta_at);
  matrix[subjects, parameter_count] natural = natural_of(x, expected, place);
  vector[num_elements(pk_value)] pk_f;
  vector[num_elements(pd_value)] pd_f;
  int pk_parameters = parameter_count - 4;
  for (s in 1:subjects) {
    int doses = dose_at[s + 1] - dose_at[s];
    int values = pk_at[s + 1] - pk_at[s];
    int first = pd_at[s];
    int last = pd_at[s + 1] - 1;
    vector[parameter_count] p = natural[s]';
    vector[4] pd = p[(pk_parameters + 1):parameter_count];
    if (doses == 0) {
      pd_f[first:last] = rep_vector(pd[1], last - first + 1);
    } else {
      vector[point_at[s + 1] - point_at[s]] C = concentrations(
          modes_of(p[1:pk_parameters], compartments), segment(amount, dose_at[s], doses),
          segment(gap_of_dose, dose_at[s], doses), offset_hours[offset_at[s]:(offset_at[s + 1] - 1)],
          dose_of_point[point_at[s]:(point_at[s + 1] - 1)], offset_of_point[point_at[s]:(point_at[s + 1] - 1)]);
      vector[num_elements(C) - values] at_node = C[(values + 1):num_elements(C)];
      // R = R0 (1 - Imax) + y, dy/dt = R0 Imax kout IC50/(IC50 + C) - kout y: few operations a node.
      real above = pd[1] * pd[4];
      vector[num_elements(at_node)] level = (above * pd[2] * pd[3]) ./ (pd[3] + at_node);
      pk_f[pk_at[s]:(pk_at[s + 1] - 1)] = C[1:values];
      pd_f[first:last] = pd[1] - above
                         + turnover(level, above, pd[2], power, length_hours[length_at[s]:(length_at[s + 1] - 1)],
                                    length_of_panel[panel_at[s]:(panel_at[s + 1] - 1)], after_panel[first:last]);
    }
  }
  x[1:head_size] ~ normal(prior_mean, prior_sd);
  individuals_lp(x, expected, log_omega_at, varying_at, varying_subject, varying_place);
  values_lp(pk_value, pk_f, pd_count, pd_value, pd_spread, repeated, pd_f, x[log_sigma_at]);
}
