#pragma once

namespace thaw {

/// Of the products in what does not train: f32, or bfloat16 with sums in f32. What trains is f32.
enum class Precision { f32, bf16 };

}  // namespace thaw
