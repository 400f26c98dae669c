#pragma once

#include <cstddef>

namespace thaw::testing {

struct Anything {
  template <typename T>
  operator T() const;
};

/// How many members an aggregate has. None of them may be a std::optional, which takes Anything in
/// two ways.
template <typename T, typename... Given>
consteval size_t member_count() {
  if constexpr (requires { T{Given{}..., Anything{}}; }) {
    return member_count<T, Given..., Anything>();
  } else {
    return sizeof...(Given);
  }
}

}  // namespace thaw::testing
