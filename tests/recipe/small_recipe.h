#pragma once

#include <atomic>
#include <map>
#include <string>
#include <vector>

#include "thaw/data/array_dataset.h"
#include "thaw/recipe/recipe.h"

namespace thaw::testing {

/// Noise on one of three colours: 8×8 pixels.
ArrayDataset images(int64_t count, uint64_t seed);
/// Seven layers, three of them with weights.
Functional small_base();
/// Two stages of three epochs, of 18 steps with 45 images.
RecipeOptions small_options();

/// Copies of all weights by "layer/weight".
std::map<std::string, Tensor> weights(const Functional& model);
/// The names of the weights whose bits differ.
std::vector<std::string> changed(const std::map<std::string, Tensor>& before,
                                 const std::map<std::string, Tensor>& after);

/// Sets `stop` after so many steps.
class StopAfter : public Callback {
 public:
  StopAfter(int steps, std::atomic<bool>& stop) : left_(steps), stop_(stop) {}
  void on_batch_end(TrainingControl&, const BatchProgress&) override {
    if (--left_ == 0) stop_ = true;
  }

 private:
  int left_;
  std::atomic<bool>& stop_;
};

}  // namespace thaw::testing
