# Gradients of one and the same population density per second of processor time on one core: qdose, Stan on the same
# closed forms, Stan's solver.
#
#   Rscript gradients_stan.R BENCH_GRADIENTS_STAN FOLDER_OF_THE_STAN_PROGRAMS WORK_FOLDER
#
# Compiled programs stay in the work folder. Status 1 when the closed forms differ by more than 1e-8.
arguments <- commandArgs(trailingOnly = TRUE)
if (length(arguments) != 3) stop("usage: gradients_stan.R PROGRAM STAN_FOLDER WORK_FOLDER")
if (!suppressWarnings(suppressMessages(requireNamespace("rstan", quietly = TRUE)))) {
  cat("rstan is not installed (tools/install_packages bench): Stan is left out\n")
  quit(status = 0)
}
suppressMessages(suppressWarnings(library(rstan)))
rstan_options(auto_write = TRUE)
# Debian's rstan takes Boost from the system.
if (!isTRUE(file.exists(rstan_options("boost_lib")))) rstan_options(boost_lib = "/usr/include")

largest_closed_form_difference <- 1e-8
usual_tolerance <- 1e-6 # relative and absolute: the default of integrate_ode_rk45
strict_tolerance <- 1e-10

work <- arguments[3]
dir.create(work, showWarnings = FALSE, recursive = TRUE)

# Copied only when changed, so that compiled programs beside them stay valid; both programs include population_*.stan.
compiled <- function(name) {
  texts <- list.files(arguments[2], "[.]stan$", full.names = TRUE)
  kept <- file.path(work, basename(texts))
  changed <- !file.exists(kept) | tools::md5sum(texts) != tools::md5sum(kept)
  if (any(changed)) {
    stale <- changed | any(changed & startsWith(basename(texts), "population"))
    unlink(sub("stan$", "rds", kept[stale]))
    file.copy(texts, kept, overwrite = TRUE)
  }
  path <- file.path(work, paste0(name, ".stan"))
  if (!file.exists(sub("stan$", "rds", path))) cat("Compiling", name, "(minutes)\n")
  stan_model(path, isystem = work)
}

# The log density and gradient of a program with its data, as a function of x.
density_of <- function(program, data) {
  bound <- suppressMessages(sampling(program, data = data, chains = 0))
  function(x) grad_log_prob(bound, x, adjust_transform = FALSE)
}

# Gradients per second of processor time, as `qdose bench` measures it: the best of five rounds, of at least half a
# second. `call` does one gradient.
best_rate <- function(call) {
  processor_time <- function() sum(proc.time()[c("user.self", "sys.self")])
  one_round <- function() {
    start <- processor_time()
    calls <- 0
    while ((spent <- processor_time() - start) < 0.5) {
      call()
      calls <- calls + 1
    }
    calls / spent
  }
  max(replicate(5, one_round()))
}

# Writes a problem, measures qdose on it and returns what the file holds.
written <- function(name) {
  if (system2(arguments[1], c(work, name)) != 0) stop("the problem was not written")
  file <- new.env()
  source(file.path(work, paste0(name, ".data.R")), local = file)
  file
}

# Largest differences of log density (from the first place, since constants are left out) and of gradient components,
# relative to the larger of each and 1.
differences <- function(density, x, log_density, gradient) {
  theirs <- apply(x, 1, density, simplify = FALSE)
  relative <- function(a, b) max(abs(a - b) / pmax(1, abs(a)))
  their_log_density <- vapply(theirs, function(g) attr(g, "log_prob"), 0)
  c(
    log_density = relative(log_density - log_density[1], their_log_density - their_log_density[1]),
    gradient = max(vapply(seq_along(theirs), function(i) relative(gradient[i, ], as.numeric(theirs[[i]])), 0))
  )
}

# Prints the table of one problem; returns the largest difference of the closed forms. Engines are timed in turn, and
# each one's best visit counts, so that other work on the machine does not favour one.
compare <- function(name, closed_form, ode) {
  file <- written(name)
  ours <- file$ours
  data <- file$stan_data
  with_tolerance <- function(x) density_of(ode, c(data, list(tolerance = c(x, x))))
  densities <- list(density_of(closed_form, data), with_tolerance(usual_tolerance), with_tolerance(strict_tolerance))
  visits <- replicate(3, c(
    written(name)$ours$gradients_per_second,
    vapply(densities, function(density) best_rate(function() density(ours$x[1, ])), 0)
  ))
  rates <- apply(visits, 1, max)
  differ <- list(c(0, 0), differences(densities[[1]], ours$x, ours$log_density, ours$gradient))
  for (density in densities[2:3]) {
    differ <- c(differ, list(differences(density, ours$x, ours$fine_log_density, ours$fine_gradient)))
  }
  engines <- c(
    paste0("qdose (", ours$kernels, ")"), "Stan, the same closed form",
    paste("Stan, integrate_ode_rk45, tolerance", format(c(usual_tolerance, strict_tolerance)))
  )
  cat(sprintf("\n%s: %d subjects, %d dimensions\n", name, data$subjects, data$dimension))
  cat(sprintf("%-42s %11s %18s %12s %10s\n", "", "gradients/s", "qdose is", "log density", "gradient"))
  for (i in seq_along(engines)) {
    cat(sprintf(
      "%-42s %11.5g %12.4g times %12.1e %10.1e\n", engines[i], rates[i], rates[1] / rates[i], differ[[i]][1],
      differ[[i]][2]
    ))
  }
  max(differ[[2]])
}

closed_form <- compiled("closed_form")
ode <- compiled("ode")
cat("Stan", stan_version(), "by rstan", format(packageVersion("rstan")), "\n")
worst <- max(vapply(c("gradient_1c", "gradient_2c"), compare, 0, closed_form = closed_form, ode = ode))
cat(
  "\nLast columns: largest differences from qdose over five places around the mode, relative to the larger of the",
  "\nvalue and 1; the solver's, from qdose on panels 24 times as fine.\n"
)
if (!(worst <= largest_closed_form_difference)) {
  cat("The closed forms differ by more than", largest_closed_form_difference, "\n")
  quit(status = 1)
}
