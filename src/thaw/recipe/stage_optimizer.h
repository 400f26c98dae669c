#pragma once

#include <map>
#include <string>

#include "thaw/graph/functional.h"
#include "thaw/recipe/stage.h"
#include "thaw/train/optimizer.h"

namespace thaw {

/// `optimizer` ("adam", with options or none) as the stage wants it: with its average of the
/// weights. Throws UsageError where `optimizer` has one of its own.
std::string stage_optimizer_text(const std::string& optimizer, const StageOptions& stage);

/// That, with the stage's learning rate.
Optimizer stage_optimizer(const std::string& optimizer, const StageOptions& stage);

/// What the learning rates of the network's variables are multiplied by: decayᵏ in the k-th block
/// (blocks_of()) from the last, counted from 0. Empty where `decay` is 1.
std::map<VariablePtr, double> block_rates(const Functional& network, double decay);

}  // namespace thaw
