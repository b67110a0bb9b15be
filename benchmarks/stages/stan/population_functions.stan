// The population around the predictions: covariates, individual parameters, their prior and the residual error.

  // Unbounded parameters of every subject [subjects, parameters] as its covariates have it.
  matrix means_of(vector x, matrix inputs, int[] typical_at, int[] beta_at) {
    int P = size(typical_at);
    return rep_matrix(x[typical_at]', rows(inputs)) + inputs * to_matrix(x[beta_at], cols(inputs), P, 0);
  }

  // Natural parameters: the last one is a fraction, the others are positive.
  matrix natural_of(vector x, matrix expected, int[,] place) {
    int P = cols(expected);
    matrix[rows(expected), P] phi = expected;
    for (s in 1:rows(expected))
      for (p in 1:P)
        if (place[s, p] > 0) phi[s, p] = x[place[s, p]];
    return append_col(exp(phi[, 1:(P - 1)]), inv_logit(phi[, P]));
  }

  void individuals_lp(vector x, matrix expected, int[] log_omega_at, int[] at, int[] subject, int[] place) {
    for (p in 1:cols(expected)) {
      int first = at[p];
      int last = at[p + 1] - 1;
      x[place[first:last]] ~ normal(expected[subject[first:last], p], exp(x[log_omega_at[p]]));
    }
  }

  vector variances(vector f, real log_proportional, real log_additive) {
    return exp(2 * log_proportional) * square(f) + exp(2 * log_additive);
  }

  // A group of n values with sum of squares S around its mean m is as likely as m, with the variance of a mean, times
  // what depends on S and n alone.
  void values_lp(vector pk_value, vector pk_f, vector pd_count, vector pd_value, vector pd_spread, int[] repeated,
                 vector pd_f, vector log_sigma) {
    vector[num_elements(pd_f)] v = variances(pd_f, log_sigma[3], log_sigma[4]);
    pk_value ~ normal(pk_f, sqrt(variances(pk_f, log_sigma[1], log_sigma[2])));
    pd_value ~ normal(pd_f, sqrt(v ./ pd_count));
    if (size(repeated) > 0)
      target += -0.5 * (sum(pd_spread[repeated] ./ v[repeated])
                        + dot_product(pd_count[repeated] - 1, log(v[repeated])));
  }
