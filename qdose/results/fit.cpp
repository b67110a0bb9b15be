#include "qdose/results/fit.hpp"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "qdose/base/files.hpp"
#include "qdose/results/draws_csv.hpp"
#include "qdose/results/unreadable.hpp"

namespace qdose {
namespace {

using Json = nlohmann::ordered_json;

/// A number; JSON has no NaN and no infinity, they are written as null.
double number_from(const Json& json) { return json.is_null() ? std::nan("") : json.get<double>(); }

/// Pictures do not need more digits.
std::vector<double> rounded(const std::vector<double>& values) {
  std::vector<double> result;
  for (double x : values)
    result.push_back(std::isfinite(x) ? std::strtod(fmt::format("{:.5g}", x).c_str(), nullptr) : x);
  return result;
}

std::vector<double> numbers_from(const Json& json) {
  std::vector<double> values;
  for (const Json& x : json) values.push_back(number_from(x));
  return values;
}

Json model_json(const PopulationModel& model) {
  Json parameters = Json::array(), covariates = Json::array(), effects = Json::array();
  for (const PopulationParameter& p : model.parameters)
    parameters.push_back({{"name", p.name},
                          {"unit", p.unit},
                          {"scale", p.scale == Scale::log ? "log" : "logit"},
                          {"is_pk", p.is_pk},
                          {"fixed", p.fixed},
                          {"value", p.value},
                          {"varies", p.varies}});
  for (const PopulationCovariate& c : model.covariates)
    covariates.push_back({{"name", c.name},
                          {"categorical", c.categorical},
                          {"reference", c.reference},
                          {"smallest", c.smallest},
                          {"largest", c.largest},
                          {"levels", c.levels}});
  for (const CovariateEffect& e : model.effects)
    effects.push_back(
        {{"name", e.name}, {"covariate", e.covariate}, {"parameter", e.parameter}, {"level", e.level}});
  return {{"pk_class", model.pk_class},
          {"pd_class", model.pd_class},
          {"parameters", parameters},
          {"covariates", covariates},
          {"effects", effects},
          {"pk_error", name_of(model.pk_error)},
          {"pd_error", name_of(model.pd_error)},
          {"omega", model.correlated ? "full" : "diagonal"}};
}

PopulationModel model_from(const Json& json) {
  PopulationModel model;
  json.at("pk_class").get_to(model.pk_class);
  json.at("pd_class").get_to(model.pd_class);
  for (const Json& p : json.at("parameters"))
    model.parameters.push_back({p.at("name"), p.at("unit"),
                                p.at("scale") == "log" ? Scale::log : Scale::logit, p.at("is_pk"),
                                p.at("fixed"), p.at("value"), p.at("varies")});
  for (const Json& c : json.at("covariates"))
    model.covariates.push_back({c.at("name"), c.at("categorical"), c.at("reference"), c.at("smallest"),
                                c.at("largest"), c.at("levels").get<std::vector<double>>()});
  if (!error_kind(json.at("pk_error"), model.pk_error) || !error_kind(json.at("pd_error"), model.pd_error))
    throw Json::other_error::create(501, "an unknown residual error", &json);
  model.correlated = json.value("omega", "diagonal") == "full";
  for (const Json& e : json.at("effects")) {
    model.effects.push_back({e.at("covariate"), e.at("parameter"), e.at("level"), e.at("name")});
    if (model.effects.back().covariate >= model.covariates.size() ||
        model.effects.back().parameter >= model.parameters.size())
      throw Json::other_error::create(501, "an effect points outside the model", &e);
  }
  return model;
}

Json summary_json(const ParameterSummary& p) {
  Json json{{"mean", p.mean},
            {"sd", p.sd},
            {"q2_5", p.q2_5},
            {"q5", p.q5},
            {"q50", p.q50},
            {"q95", p.q95},
            {"q97_5", p.q97_5},
            {"r_hat", p.r_hat},
            {"ess_bulk", p.ess_bulk},
            {"ess_tail", p.ess_tail},
            {"mcse_mean", p.mcse_mean}};
  if (!p.prior.scale.empty())
    json["prior"] = {{"scale", p.prior.scale}, {"mean", p.prior.mean}, {"sd", p.prior.sd}};
  return json;
}

ParameterSummary summary_from(const std::string& name, const Json& json) {
  ParameterSummary p;
  p.name = name;
  for (const auto& [key, place] : {std::pair{"mean", &p.mean},
                                   {"sd", &p.sd},
                                   {"q2_5", &p.q2_5},
                                   {"q5", &p.q5},
                                   {"q50", &p.q50},
                                   {"q95", &p.q95},
                                   {"q97_5", &p.q97_5},
                                   {"r_hat", &p.r_hat},
                                   {"ess_bulk", &p.ess_bulk},
                                   {"ess_tail", &p.ess_tail},
                                   {"mcse_mean", &p.mcse_mean}})
    *place = number_from(json.at(key));
  if (const auto prior = json.find("prior"); prior != json.end())
    p.prior = {prior->at("scale"), number_from(prior->at("mean")), number_from(prior->at("sd"))};
  return p;
}

Json individual_json(const IndividualEstimate& e) {
  return {{"id", e.id},   {"covariates", e.covariates}, {"mean", e.mean}, {"sd", e.sd},
          {"eta", e.eta}, {"shrinkage", e.shrinkage}};
}

IndividualEstimate individual_from(const Json& json) {
  return {json.at("id"),
          numbers_from(json.at("covariates")),
          numbers_from(json.at("mean")),
          numbers_from(json.at("sd")),
          numbers_from(json.at("eta")),
          numbers_from(json.at("shrinkage"))};
}

/// Names and places of a structure's vectors, for both directions.
template <class F>
auto fit_vectors(F& f) {
  using Place = decltype(&f.time);
  return std::vector<std::pair<const char*, Place>>{{"time", &f.time},
                                                    {"observed", &f.observed},
                                                    {"individual", &f.individual},
                                                    {"population", &f.population},
                                                    {"iwres", &f.iwres},
                                                    {"npde", &f.npde},
                                                    {"curve_time", &f.curve_time},
                                                    {"curve_q5", &f.curve_q5},
                                                    {"curve_q50", &f.curve_q50},
                                                    {"curve_q95", &f.curve_q95}};
}

template <class B>
auto band_vectors(B& b) {
  using Place = decltype(&b.time);
  return std::vector<std::pair<const char*, Place>>{{"time", &b.time},
                                                    {"observed_p10", &b.observed_p10},
                                                    {"observed_p50", &b.observed_p50},
                                                    {"observed_p90", &b.observed_p90},
                                                    {"low_p10", &b.low_p10},
                                                    {"high_p10", &b.high_p10},
                                                    {"low_p50", &b.low_p50},
                                                    {"high_p50", &b.high_p50},
                                                    {"low_p90", &b.low_p90},
                                                    {"high_p90", &b.high_p90},
                                                    {"observed_below", &b.observed_below},
                                                    {"low_below", &b.low_below},
                                                    {"high_below", &b.high_below}};
}

Json fits_json(const std::vector<IndividualFit>& fits) {
  Json list = Json::array();
  for (const IndividualFit& fit : fits) {
    Json json{{"id", fit.id}, {"dose_level", fit.dose_level}};
    for (const auto& [name, values] : fit_vectors(fit)) json[name] = rounded(*values);
    list.push_back(std::move(json));
  }
  return list;
}

std::vector<IndividualFit> fits_from(const Json& list) {
  std::vector<IndividualFit> fits;
  for (const Json& json : list) {
    fits.emplace_back();
    fits.back().id = json.at("id");
    fits.back().dose_level = json.at("dose_level");
    for (const auto& [name, values] : fit_vectors(fits.back())) *values = numbers_from(json.at(name));
  }
  return fits;
}

Json bands_json(const std::vector<PredictiveBand>& bands) {
  Json list = Json::array();
  for (const PredictiveBand& band : bands) {
    Json json{{"dose_level", band.dose_level}};
    for (const auto& [name, values] : band_vectors(band)) json[name] = rounded(*values);
    list.push_back(std::move(json));
  }
  return list;
}

std::vector<PredictiveBand> bands_from(const Json& list) {
  std::vector<PredictiveBand> bands;
  for (const Json& json : list) {
    bands.emplace_back().dose_level = json.at("dose_level");
    for (const auto& [name, values] : band_vectors(bands.back()))  // fits of older versions lack shares
      *values = numbers_from(json.value(name, Json::array()));
  }
  return bands;
}

Json etas_json(const std::vector<EtaSummary>& etas) {
  Json list = Json::array();
  for (const EtaSummary& e : etas)
    list.push_back({{"parameter", e.parameter}, {"shrinkage", e.shrinkage}, {"correlation", e.correlation}});
  return list;
}

Json rmse_json(const Rmse& rmse) {
  return {{"rmse_individual", rmse.individual}, {"rmse_population", rmse.population}};
}

Rmse rmse_from(const Json& json) {
  return {number_from(json.at("rmse_individual")), number_from(json.at("rmse_population"))};
}

Json structure_json(const Fit& fit) {
  Json variabilities = Json::array(), effects = Json::array();
  for (const VariabilityChoice& v : fit.variabilities)
    variabilities.push_back({{"parameter", v.parameter},
                             {"probability", v.probability},
                             {"omega", v.omega},
                             {"upper", v.upper},
                             {"kept", v.kept}});
  for (const EffectChoice& e : fit.effects)
    effects.push_back(
        {{"name", e.name}, {"probability", e.probability}, {"mean", e.mean}, {"sd", e.sd}, {"kept", e.kept}});
  return {{"variabilities", variabilities}, {"effects", effects}};
}

void structure_from(const Json& json, Fit& fit) {
  for (const Json& v : json.at("variabilities"))
    fit.variabilities.push_back({v.at("parameter"), number_from(v.at("probability")),
                                 number_from(v.at("omega")), number_from(v.at("upper")), v.at("kept")});
  for (const Json& e : json.at("effects"))
    fit.effects.push_back({e.at("name"), number_from(e.at("probability")), number_from(e.at("mean")),
                           number_from(e.at("sd")), e.at("kept")});
}

Json to_json(const Fit& fit) {
  Json parameters = Json::object(), e_bfmi = Json::array(), chains = Json::array(),
       individuals = Json::array();
  for (const ParameterSummary& p : fit.parameters) parameters[p.name] = summary_json(p);
  for (const ChainInfo& chain : fit.chain_info) {
    e_bfmi.push_back(chain.e_bfmi);
    chains.push_back({{"acceptance", chain.acceptance}, {"divergences", chain.divergences}});
  }
  for (const IndividualEstimate& e : fit.individuals) individuals.push_back(individual_json(e));
  return {{"trial", fit.trial},
          {"pk_class", fit.pk_class},
          {"pd_class", fit.pd_class},
          {"sampler", fit.sampler},
          {"parameters", parameters},
          {"r_hat_max", fit.r_hat_max},
          {"r_hat_worst", fit.r_hat_worst},
          {"ess_bulk_min", fit.ess_bulk_min},
          {"ess_tail_min", fit.ess_tail_min},
          {"ess_worst", fit.ess_worst},
          {"ess_tail_worst", fit.ess_tail_worst},
          {"divergences", fit.divergences},
          {"e_bfmi", e_bfmi},
          {"gradient_evaluations", fit.gradient_evaluations},
          {"seconds",
           {{"warmup", fit.seconds_warmup},
            {"sampling", fit.seconds_sampling},
            {"pilot", fit.seconds_pilot},
            {"predictions", fit.seconds_predictions}}},
          {"structure", structure_json(fit)},
          {"predictions", {{"pk", rmse_json(fit.pk_rmse)}, {"pd", rmse_json(fit.pd_rmse)}}},
          {"loo",
           {{"elpd", fit.loo.elpd},
            {"se", fit.loo.se},
            {"p_loo", fit.loo.p_loo},
            {"worst_k", fit.loo.worst_k},
            {"bad_k", fit.loo.bad_k},
            {"observations", fit.loo.observations}}},
          {"notes", fit.notes},
          {"model", model_json(fit.model)},
          {"chains", chains},
          {"draws_per_chain", fit.draws_per_chain},
          {"trace_names", fit.trace_names},
          {"individuals", individuals},
          {"pk_check", bands_json(fit.pk_check)},
          {"pd_check", bands_json(fit.pd_check)},
          {"pk_corrected", bands_json({fit.pk_corrected})},
          {"pd_corrected", bands_json({fit.pd_corrected})},
          {"etas", etas_json(fit.etas)},
          {"pk_fits", fits_json(fit.pk_fits)},
          {"pd_fits", fits_json(fit.pd_fits)}};
}

/// Everything but the draws.
Fit from_json(const Json& json) {
  Fit fit;
  json.at("trial").get_to(fit.trial);
  json.at("pk_class").get_to(fit.pk_class);
  json.at("pd_class").get_to(fit.pd_class);
  json.at("sampler").get_to(fit.sampler);
  for (const auto& [name, p] : json.at("parameters").items()) fit.parameters.push_back(summary_from(name, p));
  fit.r_hat_max = number_from(json.at("r_hat_max"));
  json.at("r_hat_worst").get_to(fit.r_hat_worst);
  fit.ess_bulk_min = number_from(json.at("ess_bulk_min"));
  fit.ess_tail_min = number_from(json.at("ess_tail_min"));
  json.at("ess_worst").get_to(fit.ess_worst);
  fit.ess_tail_worst = json.value("ess_tail_worst", fit.ess_worst);
  json.at("divergences").get_to(fit.divergences);
  json.at("gradient_evaluations").get_to(fit.gradient_evaluations);
  fit.seconds_warmup = number_from(json.at("seconds").at("warmup"));
  fit.seconds_sampling = number_from(json.at("seconds").at("sampling"));
  fit.seconds_pilot = number_from(json.at("seconds").at("pilot"));
  fit.seconds_predictions = number_from(json.at("seconds").at("predictions"));
  structure_from(json.at("structure"), fit);
  fit.pk_rmse = rmse_from(json.at("predictions").at("pk"));
  fit.pd_rmse = rmse_from(json.at("predictions").at("pd"));
  const Json& loo = json.at("loo");
  fit.loo = {number_from(loo.at("elpd")),    number_from(loo.at("se")), number_from(loo.at("p_loo")),
             number_from(loo.at("worst_k")), loo.at("bad_k"),           loo.at("observations")};
  json.at("notes").get_to(fit.notes);
  fit.model = model_from(json.at("model"));
  fit.chains = json.at("chains").size();
  json.at("draws_per_chain").get_to(fit.draws_per_chain);
  json.at("trace_names").get_to(fit.trace_names);
  for (const Json& e : json.at("individuals")) fit.individuals.push_back(individual_from(e));
  fit.pk_check = bands_from(json.at("pk_check"));
  fit.pd_check = bands_from(json.at("pd_check"));
  fit.pk_corrected = bands_from(json.at("pk_corrected")).at(0);
  fit.pd_corrected = bands_from(json.at("pd_corrected")).at(0);
  for (const Json& e : json.at("etas"))
    fit.etas.push_back(
        {e.at("parameter"), number_from(e.at("shrinkage")), numbers_from(e.at("correlation"))});
  fit.pk_fits = fits_from(json.at("pk_fits"));
  fit.pd_fits = fits_from(json.at("pd_fits"));
  return fit;
}

std::string chain_path(const std::string& directory, std::size_t chain) {
  return fmt::format("{}/draws/chain-{}.csv", directory, chain + 1);
}

}  // namespace

Result<Done> save(const Fit& fit, const std::string& directory) {
  for (std::size_t c = 0; c < fit.chain_info.size(); ++c)
    if (const auto written = write_file(chain_path(directory, c), chain_csv(fit, c)); !written)
      return written;
  return write_file(directory + "/fit.json",
                    to_json(fit).dump(1, ' ', false, Json::error_handler_t::replace) + '\n');
}

Result<Fit> load_fit(const std::string& directory) {
  const std::string path = directory + "/fit.json";
  const Result<std::string> text = read_file(path);
  if (!text) return text.errors();
  Fit fit;
  std::vector<double> e_bfmi, acceptance;
  std::vector<long> divergences;
  try {
    const Json json = Json::parse(*text);
    fit = from_json(json);
    e_bfmi = numbers_from(json.at("e_bfmi"));
    for (const Json& chain : json.at("chains")) {
      acceptance.push_back(number_from(chain.at("acceptance")));
      divergences.push_back(chain.at("divergences"));
    }
  } catch (const Json::exception& fault) {
    return unreadable(Fault::bad_input, fault, path, "fit TRIAL.csv");
  }
  for (std::size_t c = 0; c < fit.chains; ++c) {
    const Result<std::string> csv = read_file(chain_path(directory, c));
    if (!csv) return csv.errors();
    if (const auto read = read_chain_csv(*csv, chain_path(directory, c), fit); !read) return read.errors();
    if (fit.chain_info[c].energy.size() != fit.draws_per_chain)
      return Error{
          Fault::bad_input, "the file does not hold the number of draws that fit.json states",
          chain_path(directory, c),
          "was it cut off, or does it belong to another run? write all again: qdose fit TRIAL.csv --out " +
              directory + " --force"};
    fit.chain_info[c].e_bfmi = c < e_bfmi.size() ? e_bfmi[c] : std::nan("");
    fit.chain_info[c].acceptance = acceptance[c];
    fit.chain_info[c].divergences = divergences[c];
  }
  fit.traces = traces_of(fit);
  return fit;
}

}  // namespace qdose
