#include "thaw/features/frozen_layers.h"

#include "thaw/core/content_hash.h"
#include "thaw/data/codec.h"
#include "thaw/features/sources_hash.h"

namespace thaw {

std::string FrozenLayers::set_key(const FrozenCut& cut) const {
  const std::string text = cut.function + " " + device_.numerics(network_) + " in batches of " +
                           std::to_string(micro_batch_) + " by " + std::string(sources_hash()) +
                           " with " + codecs::libraries();
  return content_hash(std::as_bytes(std::span(text)));
}

MicroBatches& FrozenLayers::segment(const FrozenCut* from, std::span<const FrozenCut* const> to) {
  std::vector<std::vector<ops::Value>> ends;
  ends.push_back(from == nullptr ? std::vector<ops::Value>{} : from->values);
  for (const FrozenCut* cut : to) ends.push_back(cut->values);
  if (!last_ || last_->ends != ends) {
    last_.reset();  // before the next is made: both would not fit
    last_ = Compiled{std::move(ends), MicroBatches(segments_.segment(from, to), network_, device_)};
  }
  return last_->run;
}

}  // namespace thaw
