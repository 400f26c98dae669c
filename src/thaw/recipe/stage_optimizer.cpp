#include "thaw/recipe/stage_optimizer.h"

#include <cmath>
#include <span>

#include "thaw/core/error.h"
#include "thaw/graph/blocks.h"
#include "thaw/graph/network.h"
#include "thaw/train/choice.h"

namespace thaw {

std::string stage_optimizer_text(const std::string& optimizer, const StageOptions& stage) {
  if (!stage.ema) return optimizer;
  Choice choice = parse_choice(optimizer);
  if (choice.options.find("use_ema") != nullptr || choice.options.find("ema_momentum") != nullptr) {
    throw UsageError("expected one average of the weights, received an ema of " +
                     std::to_string(*stage.ema) + " and the optimizer " + optimizer +
                     ": leave one of them out");
  }
  choice.options.set("use_ema", true).set("ema_momentum", *stage.ema);
  return choice.to_string();
}

Optimizer stage_optimizer(const std::string& optimizer, const StageOptions& stage) {
  return make_optimizer(stage_optimizer_text(optimizer, stage), stage.learning_rate);
}

std::map<VariablePtr, double> block_rates(const Functional& network, double decay) {
  std::map<VariablePtr, double> rates;
  if (decay == 1) return rates;
  const std::span<const Layer> layers = counted_layers(network);
  const std::vector<Block> blocks = blocks_of(network);
  for (size_t k = 0; k < blocks.size(); ++k) {
    const Block& block = blocks[blocks.size() - 1 - k];
    const double rate = std::pow(decay, static_cast<double>(k));
    for (const Layer& layer : layers.subspan(block.first, block.count)) {
      // What two blocks share has the rate of the upper one.
      for (const VariablePtr& variable : layer.variables()) rates.emplace(variable, rate);
    }
  }
  return rates;
}

}  // namespace thaw
