#include "thaw/formats/tensorflow/event_file.h"

#include <array>
#include <bit>
#include <cstring>

#include "thaw/formats/tensorflow/crc32c.h"
#include "thaw/formats/tensorflow/event.pb.h"

namespace thaw::tensorflow {
namespace {

/// Its bytes, the least significant first.
template <typename T>
std::string bytes_of(T value) {
  std::array<char, sizeof(T)> bytes{};
  std::memcpy(bytes.data(), &value, sizeof(T));
  std::string text(bytes.begin(), bytes.end());
  if constexpr (std::endian::native == std::endian::big) text.assign(text.rbegin(), text.rend());
  return text;
}

/// A record of TensorFlow's files: length, its checksum, data, their checksum.
std::string record(const proto::Event& event) {
  const std::string data = event.SerializeAsString();
  const std::string length = bytes_of(uint64_t{data.size()});
  return length + bytes_of(masked_crc32c(length)) + data + bytes_of(masked_crc32c(data));
}

}  // namespace

std::string event_file_begin(double wall_time) {
  proto::Event event;
  event.set_wall_time(wall_time);
  event.set_file_version("brain.Event:2");
  return record(event);
}

std::string event_record(const ScalarEvent& scalar, double wall_time) {
  proto::Event event;
  event.set_wall_time(wall_time);
  event.set_step(scalar.step);
  proto::Summary::Value& value = *event.mutable_summary()->add_value();
  value.set_tag(std::string(scalar.tag));
  value.mutable_metadata()->mutable_plugin_data()->set_plugin_name("scalars");
  value.mutable_tensor()->set_dtype(proto::DT_FLOAT);
  value.mutable_tensor()->mutable_tensor_shape();
  value.mutable_tensor()->set_tensor_content(bytes_of(static_cast<float>(scalar.value)));
  return record(event);
}

}  // namespace thaw::tensorflow
