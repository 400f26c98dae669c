#include "thaw/formats/tflite/tensors.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cctype>
#include <cstring>

#include "thaw/core/error.h"
#include "thaw/core/half.h"

namespace thaw::tflite {
namespace {

using schema::TensorType;

static_assert(std::endian::native == std::endian::little, "the format is little-endian");

template <typename Number>
Number read(const char* at) {
  Number value;
  std::memcpy(&value, at, sizeof(value));
  return value;
}

template <typename Number>
double real_at(const char* at) {
  return static_cast<double>(read<Number>(at));
}
template <typename Number>
int64_t whole_at(const char* at) {
  return static_cast<int64_t>(read<Number>(at));
}
double half_at(const char* at) { return float_from_half(read<uint16_t>(at)); }
double brain_at(const char* at) { return float_from_bfloat16(read<uint16_t>(at)); }

/// One of both reads a number.
struct Stored {
  TensorType type;
  size_t bytes;
  double (*real)(const char* at);
  int64_t (*whole)(const char* at);
};
constexpr auto stored_forms = std::to_array<Stored>({
    {TensorType::TensorType_FLOAT32, 4, &real_at<float>, nullptr},
    {TensorType::TensorType_FLOAT16, 2, &half_at, nullptr},
    {TensorType::TensorType_BFLOAT16, 2, &brain_at, nullptr},
    {TensorType::TensorType_FLOAT64, 8, &real_at<double>, nullptr},
    {TensorType::TensorType_INT8, 1, nullptr, &whole_at<int8_t>},
    {TensorType::TensorType_UINT8, 1, nullptr, &whole_at<uint8_t>},
    {TensorType::TensorType_BOOL, 1, nullptr, &whole_at<uint8_t>},
    {TensorType::TensorType_INT16, 2, nullptr, &whole_at<int16_t>},
    {TensorType::TensorType_UINT16, 2, nullptr, &whole_at<uint16_t>},
    {TensorType::TensorType_INT32, 4, nullptr, &whole_at<int32_t>},
    {TensorType::TensorType_UINT32, 4, nullptr, &whole_at<uint32_t>},
    {TensorType::TensorType_INT64, 8, nullptr, &whole_at<int64_t>},
});

const Stored& stored_as(TensorType type) {
  const auto* const found = std::ranges::find(stored_forms, type, &Stored::type);
  if (found == stored_forms.end())
    throw Error(fmt::format("expected weights that are floats, received {}", name_of(type)));
  return *found;
}

/// The scale and zero point of each number of a quantized tensor.
class Scales {
 public:
  Scales(const schema::QuantizationParameters& how, const Shape& shape)
      : scales_(*how.scale()), zero_points_(how.zero_point()) {
    if (scales_.size() == 1) return;
    const int axis = how.quantized_dimension();
    if (axis < 0 || axis >= shape.rank() || shape[axis] != int64_t{scales_.size()}) {
      throw Error(
          fmt::format("expected one scale, or one for each place of an axis of {}, received {}",
                      shape.to_string(), scales_.size()));
    }
    for (int i = axis + 1; i < shape.rank(); ++i) inside_ *= shape[i];
    if (inside_ == 0) inside_ = 1;
  }

  float dequantized(int64_t index, int64_t stored) const {
    const auto place =
        scales_.size() == 1
            ? flatbuffers::uoffset_t{0}
            : static_cast<flatbuffers::uoffset_t>(index / inside_ % int64_t{scales_.size()});
    const bool has_zero = zero_points_ != nullptr && place < zero_points_->size();
    const int64_t zero = has_zero ? zero_points_->Get(place) : 0;
    return static_cast<float>(stored - zero) * scales_.Get(place);
  }

 private:
  const flatbuffers::Vector<float>& scales_;
  const flatbuffers::Vector<int64_t>* zero_points_;
  int64_t inside_ = 1;
};

Shape known_shape(const schema::Tensor& tensor) {
  std::vector<int64_t> sizes;
  if (const auto* given = tensor.shape()) sizes.assign(given->begin(), given->end());
  for (const int64_t size : sizes)
    if (size < 0) throw Error("expected a shape, received a negative size");
  return Shape(std::move(sizes));
}

}  // namespace

std::string name_of(TensorType type) {
  std::string name = schema::EnumNameTensorType(type);
  if (name.empty()) return fmt::format("type {}", static_cast<int>(type));
  for (char& letter : name)
    letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
  return name;
}

std::string tensorflow_type(TensorType type) {
  switch (type) {
    case TensorType::TensorType_FLOAT32:
      return "DT_FLOAT";
    case TensorType::TensorType_FLOAT16:
      return "DT_HALF";
    case TensorType::TensorType_FLOAT64:
      return "DT_DOUBLE";
    default:
      return std::string("DT_") + schema::EnumNameTensorType(type);
  }
}

std::vector<int64_t> sizes_of(const schema::Tensor& tensor) {
  const auto* shape = tensor.shape();
  const auto* signature = tensor.shape_signature();
  const auto* sizes = signature != nullptr && signature->size() > 0 ? signature : shape;
  if (sizes == nullptr) return {};
  return {sizes->begin(), sizes->end()};
}

bool is_quantized(const schema::Tensor& tensor) {
  constexpr TensorType floats[] = {TensorType::TensorType_FLOAT32, TensorType::TensorType_FLOAT16,
                                   TensorType::TensorType_BFLOAT16, TensorType::TensorType_FLOAT64};
  if (std::ranges::find(floats, tensor.type()) != std::end(floats)) return false;
  const auto* how = tensor.quantization();
  return how != nullptr && how->scale() != nullptr && how->scale()->size() > 0;
}

foreign::Array array_of(const schema::Tensor& tensor, std::string_view bytes) {
  if (tensor.sparsity() != nullptr)
    throw Error("expected weights that are all there, received sparse ones");
  const Stored& type = stored_as(tensor.type());
  Shape shape = known_shape(tensor);
  const int64_t count = shape.elements();
  if (static_cast<uint64_t>(count) * type.bytes != bytes.size()) {
    throw Error(fmt::format("expected {} numbers of {} bytes for the shape {}, received {} bytes",
                            count, type.bytes, shape.to_string(), bytes.size()));
  }
  const auto at = [&](int64_t i) { return bytes.data() + static_cast<size_t>(i) * type.bytes; };
  const bool is_scaled = is_quantized(tensor);
  if (type.real == nullptr && !is_scaled) {
    std::vector<int64_t> whole(static_cast<size_t>(count));
    for (int64_t i = 0; i < count; ++i) whole[static_cast<size_t>(i)] = type.whole(at(i));
    return {std::move(shape), std::move(whole)};
  }
  Tensor values(shape);
  if (is_scaled) {
    const Scales scales(*tensor.quantization(), shape);
    for (int64_t i = 0; i < count; ++i) values.data()[i] = scales.dequantized(i, type.whole(at(i)));
  } else {
    for (int64_t i = 0; i < count; ++i) values.data()[i] = static_cast<float>(type.real(at(i)));
  }
  return foreign::Array(std::move(values));
}

}  // namespace thaw::tflite
