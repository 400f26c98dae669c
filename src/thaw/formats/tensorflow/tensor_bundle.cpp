#include "thaw/formats/tensorflow/tensor_bundle.h"

#include <fmt/format.h>

#include "thaw/core/error.h"
#include "thaw/formats/tensorflow/byte_reader.h"
#include "thaw/formats/tensorflow/crc32c.h"
#include "thaw/formats/tensorflow/numbers.h"
#include "thaw/formats/tensorflow/table_file.h"
#include "thaw/formats/tensorflow/tensor_bundle.pb.h"

namespace thaw::tensorflow {
namespace {

using foreign::Array;

constexpr int32_t most_shards = 100'000;

template <typename Message>
Message parsed(std::string_view bytes, const char* what) {
  Message message;
  if (!message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())))
    throw Error(fmt::format("expected {}, received bytes that are none", what));
  return message;
}

}  // namespace

TensorBundle::TensorBundle(const FileSet& files, std::string prefix)
    : files_(&files), prefix_(std::move(prefix)) {
  const std::string index = prefix_ + ".index";
  with_context(index, [&] {
    bool has_header = false;
    read_table(files.read(index), [&](std::string_view key, std::string_view value) {
      if (!key.empty()) {
        entries_[std::string(key)] =
            with_context(std::string(key), [&] { return parsed_entry(value); });
        return;
      }
      const auto header = parsed<proto::BundleHeaderProto>(value, "a header");
      if (header.endianness() != 0)
        throw Error("expected numbers with the least significant byte first, received others");
      shards_ = header.num_shards();
      has_header = true;
    });
    if (!has_header || shards_ < 1 || shards_ > most_shards)
      throw Error("expected a header that says how many files hold the variables");
    expect_apart();
  });
}

TensorBundle::Entry TensorBundle::parsed_entry(std::string_view bytes) {
  const auto entry = parsed<proto::BundleEntryProto>(bytes, "the description of a variable");
  if (entry.offset() < 0 || entry.size() < 0)
    throw Error("expected a place in the files of variables, received another");
  return {.type = entry.dtype(),
          .sizes = sizes_of(entry.shape()),
          .shard = entry.shard_id(),
          .offset = static_cast<uint64_t>(entry.offset()),
          .size = static_cast<uint64_t>(entry.size()),
          .checksum = entry.crc32c(),
          .is_sliced = entry.slices_size() > 0};
}

std::vector<std::string> TensorBundle::keys() const {
  std::vector<std::string> all;
  all.reserve(entries_.size());
  for (const auto& [key, entry] : entries_) all.push_back(key);
  return all;
}

std::string TensorBundle::data_file(int32_t shard) const {
  return fmt::format("{}.data-{:05}-of-{:05}", prefix_, shard, shards_);
}

/// Variables that share their numbers would take far more memory than the file has.
void TensorBundle::expect_apart() const {
  std::map<int32_t, uint64_t> sums;
  for (const auto& [key, entry] : entries_) {
    uint64_t& sum = sums[entry.shard];
    if (entry.shard < 0 || entry.shard >= shards_ || sum + entry.size < sum)
      throw Error(key + ": expected a place in the files of variables, received another");
    sum += entry.size;
  }
  for (const auto& [shard, bytes] : sums) {
    const std::string file = data_file(shard);
    if (files_->has(file) && bytes > files_->size(file)) {
      throw Error(
          fmt::format("expected {} bytes of variables in {}, received {}: it is cut off, or "
                      "they overlap",
                      bytes, file, files_->size(file)));
    }
  }
}

const TensorBundle::Entry& TensorBundle::entry(const std::string& key) const {
  const auto found = entries_.find(key);
  if (found == entries_.end()) {
    throw Error(fmt::format("expected a variable in {}.index, which holds {} others",
                            prefix_.empty() ? "no file" : prefix_, entries_.size()));
  }
  return found->second;
}

std::string TensorBundle::bytes_of(const Entry& entry) const {
  if (entry.is_sliced) {
    throw Error(
        "expected a variable in one piece, received one that was saved in slices: save the model "
        "again without partitioned variables");
  }
  return files_->read(data_file(entry.shard), entry.offset, entry.size);
}

Array TensorBundle::read(const std::string& key) const {
  return with_context(key, [&] {
    const Entry& place = entry(key);
    const std::string bytes = bytes_of(place);
    Array array =
        array_of(static_cast<proto::DataType>(place.type), Shape(std::vector(place.sizes)), bytes);
    if (masked_crc32c(bytes) != place.checksum)
      throw Error("expected other numbers: their checksum does not fit, the file is damaged");
    return array;
  });
}

std::string TensorBundle::read_text(const std::string& key) const {
  return with_context(key, [&] {
    const Entry& place = entry(key);
    if (place.type != proto::DT_STRING || Shape(std::vector(place.sizes)).elements() != 1)
      throw Error("expected one text, received another tensor");
    const std::string bytes = bytes_of(place);
    ByteReader reader(bytes);
    const uint64_t length = reader.varint();
    (void)reader.fixed32();  // of the length
    return std::string(reader.bytes(length));
  });
}

}  // namespace thaw::tensorflow
