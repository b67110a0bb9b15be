"""Invented drugs and their trials, from the textbook equations: the simulator of tools/blind_trials. Needs NumPy and SciPy.

Nothing of qdose takes part. The drugs stand in tools/blind_trials.toml, whose head says how they are described.
"""
import math

import numpy as np
from scipy.integrate import solve_ivp


# ---- equations: amounts a, effect states r, concentration c, parameters p; all may be arrays over people

def one(a, p):
    return [-p["CL"] / p["V"] * a[0]]


def oral(a, p):
    return [-p["ka"] * a[0], p["ka"] * a[0] - p["CL"] / p["V"] * a[1]]


def two(a, p):
    there, back = p["Q"] / p["Vc"] * a[0], p["Q"] / p["Vp"] * a[1]
    return [-p["CL"] / p["Vc"] * a[0] - there + back, there - back]


def two_oral(a, p):
    central, peripheral = two(a[1:], p)
    return [-p["ka"] * a[0], central + p["ka"] * a[0], peripheral]


def transit(a, p):
    k = p["ktr"]
    return [-k * a[0], k * (a[0] - a[1]), k * (a[1] - a[2]), k * a[2] - p["CL"] / p["V"] * a[3]]


def saturable(a, p):
    c = a[0] / p["V"]
    return [-p["CL"] * c - p["Vmax"] * c / (p["Km"] + c)]


def two_oral_saturable(a, p):  # target-mediated loss, after the target has settled
    depot, central, peripheral = two_oral(a, p)
    c = a[1] / p["Vc"]
    return [depot, central - p["Vmax"] * c / (p["Km"] + c), peripheral]


# name: (states, equations, state of the concentration, its volume)
PK = {"one": (1, one, 0, "V"), "oral": (2, oral, 1, "V"), "two": (2, two, 0, "Vc"), "two_oral": (3, two_oral, 1, "Vc"),
      "transit": (4, transit, 3, "V"), "saturable": (1, saturable, 0, "V"),
      "two_oral_saturable": (3, two_oral_saturable, 1, "Vc")}


def share(c, p, half):
    x = (np.maximum(c, 0) / p[half]) ** p.get("Hill", 1)
    return x / (1 + x)


def turnover(production, loss):
    def rate(r, c, p):
        return [p["R0"] * p["kout"] * production(c, p) - p["kout"] * loss(c, p) * r[0]]
    return rate


def constant(c, p):
    return 1.0


def inhibited(c, p):
    return 1 - p.get("Imax", 1) * share(c, p, "IC50")


def stimulated(c, p):
    return 1 + p["Emax"] * share(c, p, "EC50")


def chain(r, c, p):
    k = p["ktr_pd"]
    return [k * (p["R0"] * stimulated(c, p) - r[0]), k * (r[0] - r[1]), k * (r[1] - r[2])]


def last(r, c, p):
    return r[-1]


# name: (states that start at R0, states that start at 0, rates, observed)
PD = {"linear": (0, 0, None, lambda r, c, p: np.maximum(0, p["R0"] + p["SLOPE"] * c)),
      "emax": (0, 0, None, lambda r, c, p: p["R0"] + p["Emax"] * share(c, p, "EC50")),
      "inhibitory": (0, 0, None, lambda r, c, p: p["R0"] * inhibited(c, p)),
      "effect_compartment": (0, 1, lambda r, c, p: [p["ke0"] * (c - r[0])],
                             lambda r, c, p: p["R0"] + p["Emax"] * share(r[0], p, "EC50")),
      "inhibited_production": (1, 0, turnover(inhibited, constant), last),
      "stimulated_production": (1, 0, turnover(stimulated, constant), last),
      "inhibited_loss": (1, 0, turnover(constant, inhibited), last),
      "stimulated_loss": (1, 0, turnover(constant, stimulated), last),
      "delayed": (3, 0, chain, last)}


class Drug:
    """The equations of one drug; concentrations come in the trial's unit (`per_litre` of them a dose unit a litre)."""

    def __init__(self, spec):
        self.amounts, self.pk, self.central, self.volume = PK[spec["pk"]["model"]]
        self.at_baseline, self.at_zero, self.pd, self.effect = PD[spec["pd"]["model"]]
        self.per_litre = spec.get("per_litre", 1)

    def start(self, p):
        people = np.shape(p["R0"])
        return np.array([np.zeros(people)] * self.amounts + [p["R0"] + np.zeros(people)] * self.at_baseline
                        + [np.zeros(people)] * self.at_zero)

    def concentration(self, y, p):
        return self.per_litre * y[self.central] / p[self.volume]

    def response(self, y, p):
        return self.effect(y[self.amounts:], self.concentration(y, p), p)

    def rates(self, y, p, infused):
        amounts = self.pk(y[:self.amounts], p)
        amounts[0] = amounts[0] + infused
        effects = self.pd(y[self.amounts:], self.concentration(y, p), p) if self.pd else []
        return np.array(amounts + effects)


# ---- people

def covariates_of_trial(n, rng):
    weight = np.clip(70 * np.exp(0.2 * rng.standard_normal(n)), 45, 125)
    return {"WT": np.round(weight, 1), "COMED": 1 * (rng.random(n) < 0.35), "SEX": rng.integers(0, 2, n),
            "AGE": rng.integers(18, 66, n)}


def covariates_of_scenario(spec, uniform):
    low, high = scenario_weights(spec)
    return {"WT": low + (high - low) * uniform[:, 0], "COMED": 1 * (uniform[:, 1] < 0.5)}


def scenario_weights(spec):
    return spec.get("scenario_weights", [50, 100])


def factor(spec, name, covariate):
    """By which covariates multiply a parameter."""
    total = 1.0
    for effect, value in spec.get("effects", {}).items():
        on, of = effect.split("_on_")
        if of == name:
            total = total * ((covariate[on] / 70.0) ** value if on == "WT" else np.exp(value * covariate[on]))
    return total


def individual_parameters(spec, covariate, normals, rng):
    """Log-normal about the typical values; random effects of all parameters correlate by spec['correlation']."""
    p, n = {}, len(covariate["WT"])
    names = [*spec["pk"]["typical"], *spec["pd"]["typical"]]
    typical = {**spec["pk"]["typical"], **spec["pd"]["typical"]}
    correlation = spec.get("correlation", 0)
    for k, name in enumerate(names):
        eta = math.sqrt(1 - correlation) * normals[:, k] + math.sqrt(correlation) * normals[:, len(names)]
        p[name] = typical[name] * factor(spec, name, covariate) * np.exp(spec["omega"].get(name, 0) * eta)
    for name, by in spec.get("poor_metabolisers", {}).items():  # a tenth of all people, unknown to the trial
        p[name] = p[name] * np.where(rng.random(n) < 0.1, by, 1)
    return p


def called(spec, covariate):
    """What the trial's file calls a covariate."""
    file = spec.get("file", {})
    name = file.get("names", {}).get(covariate, covariate)
    return name.lower() if file.get("lower") else name


def called_effect(spec, effect):
    on, of = effect.split("_on_")
    return f"{called(spec, on)}_on_{of}"


# ---- a trial

def follow(drug, p, doses, times):
    """Concentration and response of one person at times, by LSODA from event to event; values before doses."""
    events = sorted({0.0, *times, *(t + p.get("Tlag", 0) for t, _, _ in doses),
                     *(t + d for t, _, d in doses), *([times[0]] if times[0] < 0 else [])})
    y, found = drug.start(p), {}
    for here, there in zip(events, [*events[1:], None]):
        found[here] = (float(drug.concentration(y, p)), float(drug.response(y, p)))
        for t, amount, duration in doses:
            if t + p.get("Tlag", 0) == here and duration == 0:
                y[0] += amount
        if there is None:
            break
        infused = sum(a / d for t, a, d in doses if d > 0 and t <= here < t + d)
        y = solve_ivp(lambda t, y: drug.rates(y, p, infused), (here, there), y, "LSODA", rtol=1e-8, atol=1e-10).y[:, -1]
    return [found[t] for t in times]


def measured(value, error, rng):
    if "log" in error:
        return value * math.exp(error["log"] * rng.standard_normal())
    return (value * (1 + error.get("prop", 0) * rng.standard_normal()) + error.get("add", 0) * rng.standard_normal())


def make_trial(spec, seed):
    """Rows of dictionaries, in the order of subject and time."""
    rng, drug, design, rows = np.random.default_rng(seed), Drug(spec), spec["design"], []
    arms = [dose for dose, n in design["arms"] for _ in range(n)]
    people = covariates_of_trial(len(arms), rng)
    parameters = individual_parameters(spec, people, rng.standard_normal((len(arms), 20)), rng)
    for i, dose in enumerate(arms):
        p = {name: float(values[i]) for name, values in parameters.items()}
        given = [float(design["interval"] * k) for k in range(design["doses"])] if dose > 0 else []
        jitter = lambda times: [t if t <= 0 else round(t + design.get("jitter", 0) * rng.uniform(-1, 1), 2) for t in times]
        pk_times = jitter(design["pk_times"]) if dose > 0 else []
        pd_times = jitter(design["pd_times"])
        times = sorted({*pk_times, *pd_times})
        at = dict(zip(times, follow(drug, p, [(t, dose, design.get("infusion", 0)) for t in given], times)))
        own = [{"TIME": t, "AMT": dose, "kind": 0} for t in given]
        own += [{"TIME": t, "DV": measured(at[t][0], spec["pk"]["error"], rng), "kind": 1} for t in pk_times if t > 0]
        own += [{"TIME": t, "DV": measured(at[t][1], spec["pd"]["error"], rng), "kind": 2} for t in pd_times]
        own.sort(key=lambda r: (r["TIME"], r["kind"] == 0))
        rows += [{"ID": i + 1, **r, **{name: values[i] for name, values in people.items()}} for r in own]
    return rows, people


def write_trial(spec, rows, path):
    """In the layout that spec['file'] asks for."""
    file, design = spec.get("file", {}), spec["design"]
    missing, limit = file.get("missing", "."), spec.get("lloq", 0)
    into_vein = spec["pk"]["model"] in ("one", "two", "saturable")
    compartment = {0: 1, 1: 1 if into_vein else 2, 2: 2 if into_vein else 3}
    lines, skipped = [], set()
    for r in rows:
        dose = r["kind"] == 0
        if dose and file.get("addl") and r["ID"] in skipped:
            continue
        if dose:
            skipped.add(r["ID"])
        below = r["kind"] == 1 and r["DV"] < limit
        cells = {"ID": r["ID"], "TIME": f"{r['TIME']:g}", "AMT": f"{r['AMT']:g}" if dose else missing}
        cells["DV"] = missing if dose else f"{limit if below else r['DV']:.5g}"
        if file.get("evid", True):
            cells["EVID"] = int(dose)
        if file.get("mdv"):
            cells["MDV"] = int(dose)
        if file.get("addl"):
            cells |= {"ADDL": design["doses"] - 1 if dose else missing, "II": design["interval"] if dose else missing}
        if design.get("infusion"):
            cells["RATE"] = f"{r['AMT'] / design['infusion']:g}" if dose else missing
        if limit:
            cells["BLQ"] = int(below)
        cells["CMT"] = compartment[r["kind"]]
        if file.get("dvid", True):
            cells["DVID"] = missing if dose else r["kind"]
        cells |= {called(spec, c): r[c] for c in spec.get("columns", ["WT", "COMED", "SEX", "AGE"])}
        lines.append(cells)
    header = [name.lower() if file.get("lower") else name for name in lines[0]]
    text = [file.get("separator", ",").join(map(str, x)) for x in [header, *(cells.values() for cells in lines)]]
    path.write_text("\n".join(text) + "\n", encoding="utf-8")
