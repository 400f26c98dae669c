#pragma once

#include <string>
#include <vector>

#include "thaw/applications/parts.h"

/// What both Inception networks share.
namespace thaw::applications {

/// Names and makes an Inception network's layers in Keras's order.
class Inception {
 public:
  /// A convolution without bias, its normalization without scale, and relu.
  struct Convolution {
    int64_t filters = 0;
    Size2 size = 1;
    int64_t stride = 1;        ///< 2: only where the window lies inside the image
    std::string padding = {};  ///< empty: "same" with a stride of 1, else "valid"
    std::string name = {};     ///< empty: Keras's automatic ones
  };
  using Branch = std::vector<Convolution>;

  Symbol convolve(const Symbol& x, const Convolution& convolution);
  Symbol chain(Symbol x, const Branch& branch);
  /// The mean of each 3×3 neighbourhood, convolved with 1×1.
  Symbol average_and_convolve(const Symbol& x, int64_t filters);
  /// The largest of every second 3×3 window.
  Symbol halve(const Symbol& x);
  /// Empty name: Keras's automatic one.
  Symbol join(const std::vector<Symbol>& branches, const std::string& name = "");
  /// The first seven layers, which both begin with.
  Symbol stem(const Symbol& image);

 private:
  AutomaticNames names_;
};

}  // namespace thaw::applications
