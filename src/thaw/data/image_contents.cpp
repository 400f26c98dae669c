#include "thaw/data/image_contents.h"

#include <algorithm>

namespace thaw {
namespace {

using ContentsPtr = std::shared_ptr<const ImageContents>;

class JoinedContents final : public ImageContents {
 public:
  explicit JoinedContents(std::vector<ContentsPtr> all) : all_(std::move(all)) {}

  bool holds(const std::filesystem::path& image) const override { return holder(image) != nullptr; }
  int64_t bytes(const std::filesystem::path& image) const override {
    return holder(image)->bytes(image);
  }
  std::string read(const std::filesystem::path& image, size_t at_most) const override {
    return holder(image)->read(image, at_most);
  }

 private:
  const ImageContents* holder(const std::filesystem::path& image) const {
    const auto found =
        std::ranges::find_if(all_, [&](const ContentsPtr& one) { return one->holds(image); });
    return found == all_.end() ? nullptr : found->get();
  }

  std::vector<ContentsPtr> all_;
};

}  // namespace

ContentsPtr joined(std::vector<ContentsPtr> contents) {
  std::erase(contents, nullptr);
  if (contents.empty()) return nullptr;
  if (contents.size() == 1) return contents.front();
  return std::make_shared<JoinedContents>(std::move(contents));
}

std::optional<int64_t> image_file_bytes(const std::filesystem::path& image,
                                        const ImageContents* contents) {
  if (contents != nullptr && contents->holds(image)) return contents->bytes(image);
  std::error_code failure;
  const auto size = std::filesystem::file_size(image, failure);
  if (failure) return std::nullopt;
  return static_cast<int64_t>(size);
}

}  // namespace thaw
