#include "thaw/app/numpy_array.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstring>
#include <regex>

#include "thaw/core/error.h"
#include "thaw/core/files.h"

namespace thaw::app {
namespace {

constexpr std::string_view magic = "\x93NUMPY";

size_t little_endian(std::string_view bytes) {
  size_t value = 0;
  for (size_t i = bytes.size(); i-- > 0;) value = value << 8 | static_cast<unsigned char>(bytes[i]);
  return value;
}

Shape parse_shape(const std::string& header) {
  std::smatch match;
  if (!std::regex_search(header, match, std::regex(R"('shape': *\(([0-9, ]*)\))"))) {
    throw Error("expected a header with a shape, received " + header);
  }
  const std::string numbers = match[1];
  std::vector<int64_t> sizes;
  const std::regex number("[0-9]{1,12}");
  for (std::sregex_iterator item(numbers.begin(), numbers.end(), number), end; item != end;
       ++item) {
    sizes.push_back(std::stoll(item->str()));
  }
  return Shape(std::move(sizes));
}

Tensor parse(const std::string& content) {
  if (content.size() < 12 || content.compare(0, magic.size(), magic) != 0) {
    throw Error("expected a NumPy array file (.npy), received something else");
  }
  const size_t length_bytes = content[6] == 1 ? 2 : 4;
  const std::string_view rest = std::string_view(content).substr(8);
  const size_t header_size = little_endian(rest.substr(0, length_bytes));
  if (header_size > rest.size() - length_bytes) throw Error("the file ends within its header");
  const std::string header(rest.substr(length_bytes, header_size));
  if (header.find("'<f4'") == std::string::npos ||
      header.find("'fortran_order': False") == std::string::npos) {
    throw Error("expected little-endian float32 in C order, received " + header +
                ": save with numpy.save(path, x.astype('float32'))");
  }
  const Shape shape = parse_shape(header);
  const std::string_view data = rest.substr(length_bytes + header_size);
  if (static_cast<size_t>(shape.elements()) != data.size() / sizeof(float) ||
      data.size() % sizeof(float) != 0) {
    throw Error(fmt::format("expected {} numbers for shape {}, received {} bytes", shape.elements(),
                            shape.to_string(), data.size()));
  }
  Tensor result(shape);
  std::memcpy(result.data(), data.data(), data.size());
  return result;
}

}  // namespace

Tensor read_numpy_array(const std::filesystem::path& path) {
  return with_context(path.string(), [&] { return parse(read_file(path)); });
}

void write_numpy_array(const std::filesystem::path& path, const Tensor& tensor) {
  std::string header = fmt::format("{{'descr': '<f4', 'fortran_order': False, 'shape': {}, }}",
                                   tensor.shape().to_string());
  constexpr size_t preamble = 10;
  header.append(63 - (preamble + header.size()) % 64, ' ');
  header += '\n';
  std::string content(magic);
  content += '\x01';
  content += '\x00';
  content += static_cast<char>(header.size() & 0xFF);
  content += static_cast<char>(header.size() >> 8);
  content += header;
  content.append(reinterpret_cast<const char*>(tensor.data()),
                 static_cast<size_t>(tensor.elements()) * sizeof(float));
  write_file(path, content);
}

}  // namespace thaw::app
