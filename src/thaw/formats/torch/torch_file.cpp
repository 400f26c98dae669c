#include "thaw/formats/torch/torch_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "thaw/core/error.h"
#include "thaw/core/files.h"
#include "thaw/formats/keras/model_parts.h"

namespace thaw::torch {
namespace {

using Kind = PickleValue::Kind;

// 0x1950a86a20f9469cfc6c, the first pickle of the legacy form.
constexpr std::string_view legacy_magic = "\x6C\xFC\x9C\x46\xF9\x20\x6A\xA8\x50\x19";
constexpr std::string_view pickle_name = "data.pkl";
constexpr uint64_t largest_pickle = uint64_t{64} << 20;

/// "archive/" of a zip with archive/data.pkl.
std::optional<std::string> folder_in(const keras::ZipReader& zip) {
  for (const std::string& name : zip.names()) {
    if (!name.ends_with(pickle_name)) continue;
    std::string folder = name.substr(0, name.size() - pickle_name.size());
    if (folder.ends_with('/') && std::ranges::count(folder, '/') == 1) return folder;
  }
  return std::nullopt;
}

[[noreturn]] void refuse_order() {
  throw Error(
      "expected numbers with the least significant byte first, received a file of a machine of the "
      "other order");
}

class ZipForm final : public TorchFile {
 public:
  explicit ZipForm(const ModelInput& input) : zip_(keras::open_zip(input)) {
    const uint64_t whole =
        input.path() != nullptr ? std::filesystem::file_size(*input.path()) : input.bytes().size();
    if (zip_->stored_bytes() > whole)
      throw Error(
          "expected members one after the other, received a zip file whose members overlap");
    const auto folder = folder_in(*zip_);
    if (!folder) throw Error("expected a zip file of PyTorch, received one without data.pkl");
    folder_ = *folder;
    if (const auto order = zip_->member(folder_ + "byteorder", 64); order && *order != "little")
      refuse_order();
    // A damaged file may list a name and yet not have it.
    const auto pickle = zip_->member(folder_ + std::string(pickle_name), largest_pickle);
    if (!pickle)
      throw Error(fmt::format("expected a member {}{}, found none", folder_, pickle_name));
    saved_.emplace(*pickle);
  }

  const Pickle& saved() const override { return *saved_; }
  void expect(const Storages& storages) override {
    storages_ = storages;
    const auto names = zip_->names();
    for (const auto& [key, storage] : storages) {
      if (std::ranges::find(names, member_of(key)) == names.end())
        throw Error(fmt::format("expected storage {}, received a file without it", member_of(key)));
    }
  }

  std::string_view storage(const std::string& key) override {
    if (key == read_key_) return read_;
    const uint64_t bytes = storages_.at(key).bytes();
    auto content = zip_->member(member_of(key), bytes);
    if (!content || content->size() != bytes) {
      throw Error(fmt::format("{}: expected {} bytes, received {}", member_of(key), bytes,
                              content ? content->size() : 0));
    }
    read_ = std::move(*content);
    read_key_ = key;
    return read_;
  }

 private:
  std::string member_of(const std::string& key) const { return folder_ + "data/" + key; }

  std::unique_ptr<keras::ZipReader> zip_;
  std::string folder_;
  std::optional<Pickle> saved_;
  Storages storages_;
  std::string read_key_;  ///< of the storage that was read last
  std::string read_;
};

class LegacyForm final : public TorchFile {
 public:
  explicit LegacyForm(const ModelInput& input)
      : content_(input.path() != nullptr ? read_file(*input.path()) : input.bytes()) {
    const Pickle magic = next();
    if (magic.root().kind != Kind::bytes || magic.root().text != legacy_magic)
      throw Error("expected a file of torch.save(), received another pickle");
    const Pickle version = next();
    if (version.root().kind != Kind::integer || version.root().integer != 1001)
      throw Error("expected version 1001 of PyTorch's legacy form, received another");
    check_machine(next());
    saved_.emplace(next());
    keys_.emplace(next());
  }

  const Pickle& saved() const override { return *saved_; }

  void expect(const Storages& storages) override {
    const PickleValue& keys = keys_->root();
    if (keys.kind != Kind::list) throw Error("expected a list of storages behind the pickle");
    uint64_t at = at_;
    for (const ValueId id : keys.items) {
      const std::string& key = keys_->at(id).text;
      const auto found = storages.find(key);
      if (found == storages.end() || keys_->at(id).kind != Kind::text)
        throw Error("expected storages that a tensor has, received another");
      const uint64_t bytes = found->second.bytes();
      if (content_.size() - at < 8 || content_.size() - at - 8 < bytes) {
        throw Error(fmt::format("expected {} bytes of storage {} at byte {}, received a file of {}",
                                bytes, key, at + 8, content_.size()));
      }
      if (const uint64_t numbers = unsigned_at(at); numbers != found->second.numbers) {
        throw Error(fmt::format("storage {}: expected {} numbers, received {}", key,
                                found->second.numbers, numbers));
      }
      if (!places_.try_emplace(key, at + 8, bytes).second)
        throw Error(fmt::format("expected storage {} once, received it twice", key));
      at += 8 + bytes;
    }
    for (const auto& [key, storage] : storages) {
      if (!places_.contains(key))
        throw Error(fmt::format("expected storage {}, received a file without it", key));
    }
  }

  std::string_view storage(const std::string& key) override {
    const auto [at, bytes] = places_.at(key);
    return std::string_view(content_).substr(at, bytes);
  }

 private:
  Pickle next() {
    Pickle pickle(std::string_view(content_).substr(at_));
    at_ += pickle.size();
    return pickle;
  }

  static void check_machine(const Pickle& machine) {
    const auto& items = machine.root().items;
    for (size_t i = 0; i + 1 < items.size(); i += 2) {
      if (machine.at(items[i]).text == "little_endian" && machine.at(items[i + 1]).integer != 1)
        refuse_order();
    }
  }

  uint64_t unsigned_at(uint64_t at) const {
    uint64_t result = 0;
    for (uint64_t i = 0; i < 8; ++i)
      result |= uint64_t{static_cast<unsigned char>(content_[at + i])} << (8 * i);
    return result;
  }

  std::string content_;
  uint64_t at_ = 0;
  std::optional<Pickle> saved_;
  std::optional<Pickle> keys_;
  std::map<std::string, std::pair<uint64_t, uint64_t>> places_;
};

}  // namespace

uint64_t bytes_of(NumberType type) {
  switch (type) {
    case NumberType::float64:
    case NumberType::int64:
      return 8;
    case NumberType::float32:
    case NumberType::int32:
      return 4;
    case NumberType::float16:
    case NumberType::bfloat16:
    case NumberType::int16:
      return 2;
    default:
      return 1;
  }
}

bool TorchFile::is_one(const ModelInput& input) {
  if (input.start().starts_with("\x80")) return input.start().find(legacy_magic) < 24;
  if (!input.start().starts_with("PK")) return false;
  try {
    return folder_in(*keras::open_zip(input)).has_value();
  } catch (const Error&) {
    return false;
  }
}

std::unique_ptr<TorchFile> TorchFile::open(const ModelInput& input) {
  if (input.start().starts_with("PK")) return std::make_unique<ZipForm>(input);
  return std::make_unique<LegacyForm>(input);
}

}  // namespace thaw::torch
