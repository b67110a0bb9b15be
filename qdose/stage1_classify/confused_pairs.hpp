// Classes that are taken for each other, and how often a classifier is right apart from that.
#pragma once
#include <string>
#include <vector>

#include "qdose/results/evaluation.hpp"

namespace qdose {

/// Pairs of classes in `confusion` ([true][predicted]) of whose trials more than 5% carry the other's name,
/// the most confused first.
std::vector<ConfusedPair> confused_pairs(const std::vector<std::string>& classes,
                                         const std::vector<std::vector<long>>& confusion);

/// Pairs with the same equations (class_choice.hpp); their share is 0.
std::vector<ConfusedPair> same_models(const std::vector<std::string>& classes);

/// Share of answers that name the truth or its partner in one of the pairs; 0 without answers.
double accuracy_up_to(const std::vector<std::string>& classes,
                      const std::vector<std::vector<long>>& confusion,
                      const std::vector<ConfusedPair>& pairs);

}  // namespace qdose
