#include "thaw/train/frozen_layers.h"

namespace thaw {

MicroBatches& FrozenLayers::part(const Rung* from, std::span<const Rung* const> to) {
  std::vector<std::vector<ops::Value>> ends;
  ends.push_back(from == nullptr ? std::vector<ops::Value>{} : from->values);
  for (const Rung* rung : to) ends.push_back(rung->values);
  if (!last_ || last_->ends != ends) {
    last_.reset();  // before the next is made: both would not fit
    last_ = Part{std::move(ends), MicroBatches(ladder_.segment(from, to), network_, device_)};
  }
  return last_->run;
}

}  // namespace thaw
