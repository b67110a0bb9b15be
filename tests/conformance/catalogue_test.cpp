#include "qdose/models/catalogue.hpp"

#include <gtest/gtest.h>

#include <set>

namespace qdose {
namespace {

TEST(AllClasses, HaveUniqueIdsAndLabelsInOrder) {
  std::set<std::string_view> ids;
  for (auto models : {pk_models(), pd_models()})
    for (std::size_t i = 0; i < models.size(); ++i) {
      EXPECT_TRUE(ids.insert(models[i].about.id).second) << models[i].about.id;
      EXPECT_EQ(models[i].about.label, static_cast<int>(i)) << models[i].about.id;
    }
}

TEST(AllClasses, NameTheirParametersOnceAndApartFromThoseOfTheOtherRole) {
  std::set<std::string_view> pk, pd;
  for (const ModelInfo& m : pk_models()) {
    std::set<std::string_view> own;
    for (const Parameter& p : m.parameters) {
      EXPECT_TRUE(own.insert(p.symbol).second) << m.about.id << "." << p.symbol;
      EXPECT_FALSE(p.meaning.empty());
      pk.insert(p.symbol);
    }
  }
  for (const ModelInfo& m : pd_models())
    for (const Parameter& p : m.parameters) pd.insert(p.symbol);
  for (std::string_view symbol : pk) EXPECT_EQ(pd.count(symbol), 0u) << symbol;
}

TEST(AllClasses, HaveSensibleReportRanges) {
  for (auto models : {pk_models(), pd_models()})
    for (const ModelInfo& m : models)
      for (const Parameter& p : m.parameters) {
        EXPECT_GT(p.report.low, 0) << m.about.id << "." << p.symbol;
        EXPECT_GE(p.report.high, p.report.low) << m.about.id << "." << p.symbol;
        if (p.is_fixed_in_report()) {
          EXPECT_EQ(p.report.low, p.fixed);
        }
      }
}

}  // namespace
}  // namespace qdose
