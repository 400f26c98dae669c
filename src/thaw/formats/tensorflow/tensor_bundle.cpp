#include "thaw/formats/tensorflow/tensor_bundle.h"

#include <fmt/format.h>

#include "thaw/core/error.h"
#include "thaw/formats/tensorflow/byte_reader.h"
#include "thaw/formats/tensorflow/crc32c.h"
#include "thaw/formats/tensorflow/numbers.h"
#include "thaw/formats/tensorflow/table_file.h"

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
            parsed<proto::BundleEntryProto>(value, "the description of a variable");
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
  });
}

const proto::BundleEntryProto& TensorBundle::entry(const std::string& key) const {
  const auto found = entries_.find(key);
  if (found == entries_.end()) {
    throw Error(fmt::format("expected a variable in {}.index, which holds {} others",
                            prefix_.empty() ? "no file" : prefix_, entries_.size()));
  }
  return found->second;
}

std::string TensorBundle::bytes_of(const proto::BundleEntryProto& entry) const {
  if (entry.slices_size() > 0) {
    throw Error(
        "expected a variable in one piece, received one that was saved in slices: save the model "
        "again without partitioned variables");
  }
  if (entry.shard_id() < 0 || entry.shard_id() >= shards_ || entry.offset() < 0 || entry.size() < 0)
    throw Error("expected a place in the files of variables, received another");
  return files_->read(fmt::format("{}.data-{:05}-of-{:05}", prefix_, entry.shard_id(), shards_),
                      static_cast<uint64_t>(entry.offset()), static_cast<uint64_t>(entry.size()));
}

Array TensorBundle::read(const std::string& key) const {
  return with_context(key, [&] {
    const proto::BundleEntryProto& place = entry(key);
    Shape shape = tensorflow::shape_of(place.shape());
    const std::string bytes = bytes_of(place);
    Array array = array_of(place.dtype(), std::move(shape), bytes);
    if (masked_crc32c(bytes) != place.crc32c())
      throw Error("expected other numbers: their checksum does not fit, the file is damaged");
    return array;
  });
}

std::string TensorBundle::read_text(const std::string& key) const {
  return with_context(key, [&] {
    const proto::BundleEntryProto& place = entry(key);
    if (place.dtype() != proto::DT_STRING || tensorflow::shape_of(place.shape()).elements() != 1)
      throw Error("expected one text, received another tensor");
    const std::string bytes = bytes_of(place);
    ByteReader reader(bytes);
    const uint64_t length = reader.varint();
    (void)reader.fixed32();  // of the length
    return std::string(reader.bytes(length));
  });
}

}  // namespace thaw::tensorflow
