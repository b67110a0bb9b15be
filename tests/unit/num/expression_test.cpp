// Recorded expressions against the same arithmetic on numbers.
#include <gtest/gtest.h>

#include <cmath>

#include "qdose/num/dual.hpp"
#include "qdose/num/expression.hpp"
#include "qdose/num/expression_forms.hpp"

namespace qdose {
namespace {

template <class R>
constexpr R everything(const R& x, const R& y) {
  const R t = exp(-(x * R(0.3))) / (R(1.0) + y) + log(x + y) - sqrt(x * y) + R(2.0) * pow(x, y);
  return select(x < y, t + x, t - y);
}

struct Recorded {
  ExpressionGraph graph;
  int value = -1, by_x = -1, by_y = -1;
  NodeSet wanted{};
};

consteval Recorded record() {
  Recorded r;
  const Expression x = Expression::input(r.graph, 0), y = Expression::input(r.graph, 1);
  NodeSet all;
  all.fill(true);
  r.value = everything(x, y).index_in(r.graph);
  const auto by = derivatives(r.graph, r.value, all);
  r.by_x = by[static_cast<std::size_t>(x.index_in(r.graph))].index_in(r.graph);
  r.by_y = by[static_cast<std::size_t>(y.index_in(r.graph))].index_in(r.graph);
  for (int i : {r.value, r.by_x, r.by_y}) r.wanted[static_cast<std::size_t>(i)] = true;
  r.wanted = needed_for(r.graph, r.wanted);
  return r;
}

constexpr Recorded recorded = record();
constexpr ExpressionGraph graph = recorded.graph;
constexpr NodeSet wanted = recorded.wanted;

TEST(Expression, ComputesValueAndDerivatives) {
  using D = Dual<double, 2>;
  for (double x : {0.4, 1.3, 2.6})
    for (double y : {0.7, 1.9}) {
      std::array<double, static_cast<std::size_t>(graph.size)> v{x, y};
      ASSERT_EQ(graph.node[0].op, Op::input);
      ASSERT_EQ(graph.node[1].op, Op::input);
      compute<graph, wanted>(v);
      const D expected = everything(D::variable(x, 0), D::variable(y, 1));
      EXPECT_NEAR(v[static_cast<std::size_t>(recorded.value)], expected.x, 1e-14);
      EXPECT_NEAR(v[static_cast<std::size_t>(recorded.by_x)], expected.d[0], 1e-13);
      EXPECT_NEAR(v[static_cast<std::size_t>(recorded.by_y)], expected.d[1], 1e-13);
    }
}

consteval int size_of_simplified() {
  ExpressionGraph g;
  const Expression x = Expression::input(g, 0);
  const Expression same = (x * 1.0 + 0.0) * x - (x * x) * 0.0;  // x * x
  return (x * x).index_in(g) == same.index_in(g) ? g.size : -1;
}

TEST(Expression, DropsWhatChangesNothingAndKeepsEqualNodesOnce) { EXPECT_EQ(size_of_simplified(), 2); }

consteval bool knows_what_depends() {
  ExpressionGraph g;
  const Expression x = Expression::input(g, 0), p = Expression::input(g, 1);
  const int held = (p * p).index_in(g), moving = (p * p + x).index_in(g);
  const NodeSet depends = depending_on_first(g, 1);
  return depends[static_cast<std::size_t>(moving)] && !depends[static_cast<std::size_t>(held)];
}

TEST(Expression, KnowsWhatDependsOnAnInput) { EXPECT_TRUE(knows_what_depends()); }

/// An effect that saturates, p (1 - q x/(k + x)) + x 0, and what it is made of as base + scale * shape.
struct Saturating {
  ExpressionGraph graph;
  int value = -1, fractions = -1;
  AffineForm form;
  NodeSet wanted{}, changing{};
};

consteval Saturating saturating() {
  Saturating s;
  const Expression x = Expression::input(s.graph, 0), p = Expression::input(s.graph, 1),
                   q = Expression::input(s.graph, 2), k = Expression::input(s.graph, 3);
  s.value = (p * (Expression(1.0) - q * x / (k + x))).index_in(s.graph);
  s.fractions = with_partial_fractions(s.graph, s.value, 1).index_in(s.graph);
  s.form = affine_form(s.graph, s.fractions, 1);
  for (int i : {s.value, s.fractions, s.form.base, s.form.scale, s.form.shape})
    s.wanted[static_cast<std::size_t>(i)] = true;
  s.wanted = needed_for(s.graph, s.wanted);
  for (std::size_t i = 0; i < 4; ++i) s.wanted[i] = false;
  s.changing = depending_on_first(s.graph, 1);
  return s;
}

constexpr Saturating effect = saturating();
constexpr ExpressionGraph effect_graph = effect.graph;
constexpr NodeSet effect_wanted = effect.wanted, effect_changing = effect.changing;

TEST(ExpressionForms, WriteASaturatingEffectAsAMultipleOfOneReciprocal) {
  EXPECT_EQ(effect_graph.node[static_cast<std::size_t>(effect.form.shape)].op, Op::reciprocal);
  for (int i : {effect.form.base, effect.form.scale})
    EXPECT_FALSE(effect_changing[static_cast<std::size_t>(i)]);
  for (double x : {0.0, 0.02, 3.0, 1e4}) {
    std::array<double, static_cast<std::size_t>(effect_graph.size)> v{x, 3.0, 0.7, 1.2};
    compute<effect_graph, effect_wanted>(v);
    const auto at = [&](int i) { return v[static_cast<std::size_t>(i)]; };
    EXPECT_NEAR(at(effect.fractions), at(effect.value), 1e-15);
    EXPECT_NEAR(at(effect.form.base) + at(effect.form.scale) * at(effect.form.shape), at(effect.value),
                1e-15);
  }
}

consteval bool keeps_what_is_not_affine() {
  ExpressionGraph g;
  const Expression x = Expression::input(g, 0), p = Expression::input(g, 1);
  const int value = (p * exp(x) + x * x).index_in(g);
  const AffineForm form = affine_form(g, value, 1);
  return form.shape == value && Expression::at(g, form.base).is(0) && Expression::at(g, form.scale).is(1);
}

TEST(ExpressionForms, KeepWhatIsNotAffineAsItsOwnShape) { EXPECT_TRUE(keeps_what_is_not_affine()); }

TEST(ExpressionForms, ComputeSetsTogetherAsOneByOne) {
  constexpr std::size_t sets = 3, size = static_cast<std::size_t>(effect_graph.size);
  std::array<double, size> held{0.0, 3.0, 0.7, 1.2};
  compute<effect_graph, effect_wanted>(held);
  std::array<std::array<double, size>, sets> v{};
  for (std::size_t k = 0; k < sets; ++k) v[k][0] = 0.1 + 5.0 * static_cast<double>(k);
  compute_together<effect_graph, effect_wanted, effect_changing>(held, v);
  for (std::size_t k = 0; k < sets; ++k) {
    std::array<double, size> one{v[k][0], 3.0, 0.7, 1.2};
    compute<effect_graph, effect_wanted>(one);
    for (std::size_t i = 0; i < size; ++i) {
      if (!effect_wanted[i] || !effect_changing[i]) continue;
      EXPECT_NEAR(v[k][i], one[i], 1e-15) << i;
    }
  }
}

TEST(InvertTogether, GivesEveryReciprocal) {
  std::array<double, 5> x{0.25, -3.0, 1e-40, 7e30, 1.0};
  const std::array<double, 5> given = x;
  invert_together(x);
  for (std::size_t k = 0; k < x.size(); ++k) EXPECT_NEAR(x[k] * given[k], 1.0, 1e-15);
}

}  // namespace
}  // namespace qdose
