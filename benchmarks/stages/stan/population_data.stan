// What every program is given; written by bench_gradients_stan. Lists are ragged: subject s has the items
// list_at[s] ... list_at[s + 1] - 1.
  int<lower=1> subjects;
  int<lower=1> parameter_count;  // individual ones: PK, then R0, kout, IC50, Imax
  int<lower=1> covariates;       // each of them acts on every parameter
  int<lower=1> dimension;        // of x
  int<lower=1> head_size;        // population values: the first of x
  int<lower=1, upper=2> compartments;
  matrix[subjects, covariates] inputs;
  vector[head_size] prior_mean;
  vector[head_size] prior_sd;
  // Places in x.
  int typical_at[parameter_count];
  int beta_at[covariates * parameter_count];  // covariate by covariate
  int log_omega_at[parameter_count];
  int log_sigma_at[4];                        // PK proportional and additive, PD likewise
  int place[subjects, parameter_count];       // 0: the subject's data do not depend on it
  int varying_at[parameter_count + 1];        // by parameter: who has it in x, and where
  int varying_subject[varying_at[parameter_count + 1] - 1];
  int varying_place[varying_at[parameter_count + 1] - 1];
  // Doses (mg), and values observed: one concentration each; so many responses with this mean and sum of squares
  // around it.
  int dose_at[subjects + 1];
  vector[dose_at[subjects + 1] - 1] amount;
  int pk_at[subjects + 1];
  vector[pk_at[subjects + 1] - 1] pk_value;
  int pd_at[subjects + 1];
  vector[pd_at[subjects + 1] - 1] pd_count;
  vector[pd_at[subjects + 1] - 1] pd_value;
  vector[pd_at[subjects + 1] - 1] pd_spread;
  int repeats;
  int repeated[repeats];  // where the count is above 1
