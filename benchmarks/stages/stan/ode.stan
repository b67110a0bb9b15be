// The same population, its predictions by Stan's Runge-Kutta solver: from dose to dose, with sensitivities.
functions {
#include population_functions.stan

  // States: gut, central, peripheral (of two compartments), response.
  real[] slopes(real t, real[] y, real[] p, real[] x_r, int[] x_i) {
    int n = x_i[1];
    int pd = n == 1 ? 3 : 5;  // parameters before those of the response
    real ka = p[pd];
    real C = y[2] / p[2];
    real dy[n + 2];
    dy[1] = -ka * y[1];
    dy[2] = ka * y[1] - p[1] * C;
    if (n == 2) {
      dy[3] = p[4] * (C - y[3] / p[3]);
      dy[2] -= dy[3];
    }
    dy[n + 2] = p[pd + 2] * (p[pd + 1] * (1 - p[pd + 4] * C / (p[pd + 3] + C)) - y[n + 2]);
    return dy;
  }

  // States [stops, n + 2] at all stops of a subject: so many (`count`) in the interval after each dose, the hours since
  // it. The last one but of the last interval is when the next dose is given.
  matrix course(real[] p, data vector amount, data int[] count, data real[] hours, data real[] x_r, data int[] x_i,
                data real[] tolerance) {
    int n = x_i[1];
    real y[n + 2] = rep_array(0.0, n + 2);
    matrix[size(hours), n + 2] at_stop;
    int done = 0;
    y[n + 2] = p[n == 1 ? 4 : 6];
    for (d in 1:size(count)) {
      y[1] += amount[d];
      if (count[d] > 0) {
        real part[count[d], n + 2] = integrate_ode_rk45(slopes, y, 0.0, hours[(done + 1):(done + count[d])], p, x_r,
                                                        x_i, tolerance[1], tolerance[2], 100000);
        for (k in 1:count[d]) at_stop[done + k] = to_row_vector(part[k]);
        y = part[count[d]];
        done += count[d];
      }
    }
    return at_stop;
  }
}
data {
#include population_data.stan
  real<lower=0> tolerance[2];  // relative, absolute
  // Indices count within the subject.
  int stops_of_dose[dose_at[subjects + 1] - 1];
  int stop_at[subjects + 1];
  real stop_hours[stop_at[subjects + 1] - 1];
  int pk_stop[pk_at[subjects + 1] - 1];
  int pd_stop[pd_at[subjects + 1] - 1];  // 0: the baseline
}
transformed data {
  real x_r[0];
  int x_i[1] = {compartments};
}
parameters {
  vector[dimension] x;
}
model {
  matrix[subjects, parameter_count] expected = means_of(x, inputs, typical_at, beta_at);
  matrix[subjects, parameter_count] natural = natural_of(x, expected, place);
  vector[num_elements(pk_value)] pk_f;
  vector[num_elements(pd_value)] pd_f;
  for (s in 1:subjects) {
    int doses = dose_at[s + 1] - dose_at[s];
    real baseline = natural[s, parameter_count - 3];
    matrix[stop_at[s + 1] - stop_at[s], compartments + 2] y;
    if (doses > 0)
      y = course(to_array_1d(natural[s]), segment(amount, dose_at[s], doses), segment(stops_of_dose, dose_at[s], doses),
                 stop_hours[stop_at[s]:(stop_at[s + 1] - 1)], x_r, x_i, tolerance);
    for (k in pk_at[s]:(pk_at[s + 1] - 1)) pk_f[k] = y[pk_stop[k], 2] / natural[s, 2];
    for (k in pd_at[s]:(pd_at[s + 1] - 1)) pd_f[k] = pd_stop[k] == 0 ? baseline : y[pd_stop[k], compartments + 2];
  }
  x[1:head_size] ~ normal(prior_mean, prior_sd);
  individuals_lp(x, expected, log_omega_at, varying_at, varying_subject, varying_place);
  values_lp(pk_value, pk_f, pd_count, pd_value, pd_spread, repeated, pd_f, x[log_sigma_at]);
}
