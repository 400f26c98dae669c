#pragma once

// Turns a plain struct of train/losses/ into a LossFunction; included by those files alone.
//
// The struct T has fields(visit), which names its options as Keras does, and
//   double run(batch, gradient) const   as LossFunction::run()

#include "thaw/train/loss.h"
#include "thaw/train/options.h"

namespace thaw {

template <typename T>
class DescribedLoss final : public LossFunction {
 public:
  explicit DescribedLoss(T described) : described_(std::move(described)) {}

  Config options() const override { return changed_options(described_); }
  double run(const BatchResult& batch, std::span<float> gradient) const override {
    return described_.run(batch, gradient);
  }

 private:
  T described_;
};

/// The table's row of T.
template <typename T>
constexpr LossType describe_loss(std::string_view name, std::string_view class_name,
                                 LossTraits traits) {
  return {traits, name, class_name, &option_names<T>,
          [](const Config& options) -> std::unique_ptr<LossFunction> {
            return std::make_unique<DescribedLoss<T>>(read_options<T>(options));
          }};
}

}  // namespace thaw
