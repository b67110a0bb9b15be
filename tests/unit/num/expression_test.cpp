// Recorded expressions against the same arithmetic on numbers.
#include <gtest/gtest.h>

#include "qdose/num/dual.hpp"
#include "qdose/num/expression.hpp"

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

}  // namespace
}  // namespace qdose
