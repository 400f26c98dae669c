#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "thaw/recipe/climb_state.h"
#include "thaw/recipe/fold_trainer.h"
#include "thaw/recipe/rung.h"

namespace thaw {

/// What a ladder begins with: the head alone.
struct LadderStart {
  std::vector<Weights> weights;  ///< of each fold tried, fitted without it
  Weights all;                   ///< fitted to all images
  std::vector<Tensor> logits;    ///< of the images of each fold tried
};

struct LadderOptions {
  RungSettings rung;                 ///< of each rung, but for blocks and seed
  std::vector<int64_t> blocks = {};  ///< how many of the last ones train on each rung, rising
  uint64_t seed = 0;
  std::function<void(const Rung&)> on_rung_begin = {};
  std::function<void(const Rung&)> on_rung = {};
  std::function<bool()> has_time = {};
  std::function<void()> save = {};  ///< keeps the state
};

/// Where a ladder ended.
struct LadderEnd {
  std::vector<Rung> rungs;
  Weights all;                   ///< fitted to all images
  int64_t blocks = 0;            ///< of the last ones that differ from the base's
  std::vector<Weights> weights;  ///< of each fold tried, fitted without it
  std::vector<Tensor> logits;    ///< of the images of each fold tried
};

/// Rung by rung, one block more of the base trains, with each of the first folds kept out in turn,
/// from the weights of the rung before; what comes out, or a point on the way there, stays where it
/// does better on the images kept out, by negative log likelihood after temperature, and no fewer
/// of them are right. It ends at the second rung that is rolled back. nullopt: it was stopped.
/// Steps that `state` has are not done again.
std::optional<LadderEnd> climb_ladder(FoldTrainer& trainer, const Functional& network,
                                      const std::vector<int64_t>& labels, const LadderStart& start,
                                      const LadderOptions& options, ClimbState& state);

/// The rungs that were kept, fitted to all of the trainer's images from `start`. nullopt: it was
/// stopped.
std::optional<Weights> fit_rungs(FoldTrainer& trainer, const std::vector<Rung>& rungs,
                                 Weights start, const LadderOptions& options, ClimbState& state);

}  // namespace thaw
