#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace thaw::tensorflow {

/// A number that TensorBoard shows: tf.summary.scalar(tag, value, step).
struct ScalarEvent {
  std::string_view tag;
  double value = 0;
  int64_t step = 0;
};

/// The record that an event file begins with. `wall_time` is in seconds since 1970.
std::string event_file_begin(double wall_time);

/// The record of a number, as TensorFlow 2 writes it: a tensor of the plugin "scalars".
std::string event_record(const ScalarEvent& event, double wall_time);

}  // namespace thaw::tensorflow
