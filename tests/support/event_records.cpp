#include "support/event_records.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <sstream>

#include "thaw/core/error.h"
#include "thaw/core/files.h"

namespace thaw::testing {
namespace {

/// The fields of a protobuf message: varints and fixed numbers as numbers, the rest as bytes.
struct Field {
  uint64_t number = 0;
  std::string_view bytes;
};

template <typename T>
T fixed(std::string_view bytes) {
  T value{};
  if (bytes.size() < sizeof(T)) throw Error("an event is cut off");
  std::memcpy(&value, bytes.data(), sizeof(T));
  return value;
}

uint64_t varint(std::string_view& bytes) {
  uint64_t value = 0;
  for (int shift = 0; !bytes.empty(); shift += 7) {
    const auto byte = static_cast<unsigned char>(bytes[0]);
    bytes.remove_prefix(1);
    value |= uint64_t{byte & 0x7FU} << shift;
    if ((byte & 0x80U) == 0) return value;
  }
  throw Error("an event is cut off");
}

std::map<uint64_t, Field> fields_of(std::string_view message) {
  std::map<uint64_t, Field> fields;
  while (!message.empty()) {
    const uint64_t key = varint(message);
    Field& field = fields[key >> 3U];
    switch (key & 7U) {
      case 0:
        field.number = varint(message);
        continue;
      case 1:
        field.bytes = message.substr(0, 8);
        break;
      case 2: {
        const uint64_t length = varint(message);
        field.bytes = message.substr(0, length);
        break;
      }
      default:
        field.bytes = message.substr(0, 4);
    }
    message.remove_prefix(field.bytes.size());
  }
  return fields;
}

void read_scalar(std::string_view summary, EventRecord& record) {
  auto value = fields_of(fields_of(summary)[1].bytes);
  record.tag = value[1].bytes;
  record.value = fixed<float>(fields_of(value[8].bytes)[4].bytes);
  record.plugin = fields_of(fields_of(value[9].bytes)[1].bytes)[1].bytes;
}

}  // namespace

std::string EventRecord::to_string() const {
  std::ostringstream text;
  if (!version.empty()) return version;
  text << tag << " " << step << " " << value;
  return text.str();
}

std::vector<EventRecord> event_records(std::string_view bytes) {
  std::vector<EventRecord> records;
  while (!bytes.empty()) {
    EventRecord& record = records.emplace_back();
    const auto length = fixed<uint64_t>(bytes);
    if (bytes.size() < 16 || length > bytes.size() - 16) throw Error("an event is cut off");
    record.length_bytes = bytes.substr(0, 8);
    record.length_checksum = fixed<uint32_t>(bytes.substr(8));
    record.data = bytes.substr(12, length);
    record.data_checksum = fixed<uint32_t>(bytes.substr(12 + length));
    bytes.remove_prefix(16 + length);
    auto event = fields_of(record.data);
    record.wall_time = fixed<double>(event[1].bytes);
    record.step = static_cast<int64_t>(event[2].number);
    record.version = event[3].bytes;
    if (event.contains(5)) read_scalar(event[5].bytes, record);
  }
  return records;
}

std::string contents_of(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
    if (entry.is_regular_file()) files.push_back(entry.path());
  std::ranges::sort(files);
  std::string result;
  for (const auto& file : files) {
    const std::string name = file.lexically_relative(folder).generic_string();
    const size_t events = name.find("tfevents");
    result += name.substr(0, events) + "\n";
    const std::string content = read_file(file);
    if (events == std::string::npos) {
      result += content + "\n";
      continue;
    }
    for (const EventRecord& record : event_records(content)) result += record.to_string() + "\n";
  }
  return result;
}

}  // namespace thaw::testing
