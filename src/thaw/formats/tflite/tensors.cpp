#include "thaw/formats/tflite/tensors.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "thaw/core/error.h"
#include "thaw/formats/import/stored_numbers.h"

namespace thaw::tflite {
namespace {

using schema::TensorType;

constexpr auto stored_forms = std::to_array<std::pair<TensorType, foreign::Stored>>({
    {TensorType::TensorType_FLOAT32, foreign::Stored::float32},
    {TensorType::TensorType_FLOAT16, foreign::Stored::float16},
    {TensorType::TensorType_BFLOAT16, foreign::Stored::bfloat16},
    {TensorType::TensorType_FLOAT64, foreign::Stored::float64},
    {TensorType::TensorType_INT8, foreign::Stored::int8},
    {TensorType::TensorType_UINT8, foreign::Stored::uint8},
    {TensorType::TensorType_BOOL, foreign::Stored::uint8},
    {TensorType::TensorType_INT16, foreign::Stored::int16},
    {TensorType::TensorType_UINT16, foreign::Stored::uint16},
    {TensorType::TensorType_INT32, foreign::Stored::int32},
    {TensorType::TensorType_UINT32, foreign::Stored::uint32},
    {TensorType::TensorType_INT64, foreign::Stored::int64},
});

foreign::Stored stored_as(TensorType type) {
  const auto* const found =
      std::ranges::find(stored_forms, type, &std::pair<TensorType, foreign::Stored>::first);
  if (found == stored_forms.end())
    throw Error(fmt::format("expected weights that are floats, received {}", name_of(type)));
  return found->second;
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
  foreign::Array stored = foreign::array_of(stored_as(tensor.type()), known_shape(tensor), bytes);
  if (!is_quantized(tensor)) return stored;
  const std::vector<int64_t> whole = stored.integers();
  Tensor values(stored.shape());
  const Scales scales(*tensor.quantization(), stored.shape());
  for (size_t i = 0; i < whole.size(); ++i)
    values.values()[i] = scales.dequantized(static_cast<int64_t>(i), whole[i]);
  return foreign::Array(std::move(values));
}

}  // namespace thaw::tflite
