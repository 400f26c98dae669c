#include <iostream>

#include "thaw/graph/functional.h"
#include "thaw/graph/layers/dense.h"
#include "thaw/graph/summary.h"

int main() {
  const thaw::Symbol x = thaw::input({8}, "features");
  const thaw::Symbol y = thaw::dense({.units = 3, .activation = "softmax", .name = "flowers"})(x);
  std::cout << thaw::summary(thaw::Functional(x, y, "outside"));
}
