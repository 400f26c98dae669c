#pragma once

#include "thaw/core/random.h"
#include "thaw/heads/head_data.h"

namespace thaw {

/// Random rows whose class i % classes shows in column i % classes, in two groups.
inline HeadData random_data(int64_t images, int64_t columns, int64_t classes, uint64_t seed,
                            int64_t views = 1) {
  Random random(seed, 17);
  HeadData data{
      .features = Tensor({views * images, columns}),
      .groups = {{.columns = columns / 2, .weight = 1.5}, {.columns = columns - columns / 2}},
      .labels = {},
      .classes = classes,
      .views = views};
  for (int64_t i = 0; i < images; ++i) data.labels.push_back(i % classes);
  for (int64_t row = 0; row < views * images; ++row) {
    for (int64_t j = 0; j < columns; ++j) {
      const double centre = j % classes == row % images % classes ? 1 : 0;
      data.features.data()[row * columns + j] = random.normal() + static_cast<float>(centre);
    }
  }
  return data;
}

}  // namespace thaw
