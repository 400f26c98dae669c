#include "thaw/data/idx_file.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <cstring>
#include <memory>

#include "thaw/core/error.h"
#include "thaw/core/readable_bytes.h"
#include "thaw/data/decode_budget.h"

namespace thaw {
namespace {

struct CloseFile {
  void operator()(gzFile file) const { gzclose(file); }
};

/// A file as it is, or unpacked where it begins as gzip's do.
class Unpacked {
 public:
  explicit Unpacked(const std::filesystem::path& file) : file_(gzopen(file.c_str(), "rb")) {
    if (file_ == nullptr) throw Error(fmt::format("cannot be read: {}", std::strerror(errno)));
    constexpr unsigned buffer_bytes = 1U << 17;
    gzbuffer(file_.get(), buffer_bytes);
  }

  /// Up to `count` bytes more; fewer at the end.
  size_t read(char* target, size_t count) {
    constexpr size_t most_at_once = size_t{1} << 20;
    size_t done = 0;
    while (done < count) {
      const auto wanted = static_cast<unsigned>(std::min(count - done, most_at_once));
      const int got = gzread(file_.get(), target + done, wanted);
      int code = Z_OK;
      const char* why = gzerror(file_.get(), &code);
      if (got < 0 || (code != Z_OK && code != Z_STREAM_END))
        throw Error(fmt::format("is damaged or cut off: {}", why));
      if (got == 0) break;
      done += static_cast<size_t>(got);
    }
    return done;
  }

 private:
  std::unique_ptr<std::remove_pointer_t<gzFile>, CloseFile> file_;
};

template <size_t count>
std::array<unsigned char, count> header(Unpacked& file) {
  std::array<char, count> bytes{};
  if (file.read(bytes.data(), count) != count)
    throw Error("expected an IDX file, received one that ends in its header");
  return std::bit_cast<std::array<unsigned char, count>>(bytes);
}

std::vector<int64_t> read_lengths(Unpacked& file) {
  constexpr int bytes_type = 8;
  constexpr int most_axes = 4;
  const auto [zero, other_zero, type, axes] = header<4>(file);
  if (zero != 0 || other_zero != 0 || axes < 1 || axes > most_axes) {
    throw Error(fmt::format(
        "expected an IDX file of 1 to {} axes, received one that begins with {:02x} {:02x} {:02x} "
        "{:02x}",
        most_axes, zero, other_zero, type, axes));
  }
  if (type != bytes_type) {
    throw Error(fmt::format("expected IDX values of type {} (unsigned bytes), received {}",
                            bytes_type, type));
  }
  std::vector<int64_t> lengths;
  for (int axis = 0; axis < axes; ++axis) {
    const auto [a, b, c, d] = header<4>(file);
    lengths.push_back((int64_t{a} << 24) | (int64_t{b} << 16) | (int64_t{c} << 8) | int64_t{d});
  }
  return lengths;
}

int64_t product(const std::vector<int64_t>& lengths) {
  const int64_t most = DecodeBudget::of_process().bytes();
  int64_t all = 1;
  for (const int64_t length : lengths) {
    if (length == 0) return 0;
    if (all > most / length) {
      throw Error(fmt::format("declares {} values, which is more than the {} that may be read",
                              fmt::join(lengths, "×"), readable_bytes(most)));
    }
    all *= length;
  }
  return all;
}

}  // namespace

IdxArray read_idx(const std::filesystem::path& path) {
  return with_context(path.string(), [&] {
    Unpacked file(path);
    IdxArray array;
    array.lengths = read_lengths(file);
    const auto expected = static_cast<size_t>(product(array.lengths));
    // What a header declares need not be there: the text grows with what is.
    constexpr size_t step = size_t{1} << 22;
    while (array.values.size() < expected) {
      const size_t begin = array.values.size();
      array.values.resize(std::min(expected, begin + step));
      const size_t got = file.read(array.values.data() + begin, array.values.size() - begin);
      if (begin + got == array.values.size()) continue;
      throw Error(
          fmt::format("expected {} values as its header says, received {}", expected, begin + got));
    }
    if (char more = 0; file.read(&more, 1) != 0)
      throw Error(fmt::format("expected {} values as its header says, received more", expected));
    return array;
  });
}

}  // namespace thaw
