#include "thaw/train/pass_over.h"

#include "thaw/features/feature_pass.h"

namespace thaw {

std::optional<PassedImages> pass_over(Engine& engine, const Dataset& data,
                                      const std::shared_ptr<FrozenLayers>& frozen,
                                      KeptFeatures& kept, bool keep, const FitOptions& options,
                                      TrainingControl& control) {
  FeaturePass pass(engine, data, *frozen, kept,
                   {.keep = keep,
                    .budget_bytes = options.cache_bytes,
                    .watch = {.stop = options.stop, .progress = [&](int64_t done, int64_t total) {
                                for (Callback* callback : options.callbacks)
                                  callback->on_features(control, done, total);
                              }}});
  if (!pass.run()) return std::nullopt;
  PassedImages images{.usable = pass.usable(), .dropped = pass.dropped(), .walk = nullptr};
  images.walk = pass.target() != nullptr ? walk_of_kept(*pass.target())
                                         : walk_that_computes(data, frozen, engine.threads());
  return images;
}

}  // namespace thaw
