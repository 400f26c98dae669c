// Trains with what was added, all of it found by its name: additions FOLDER.
#include <iostream>

#include "thaw/thaw.h"

using namespace thaw;

int main(int, char** arguments) {
  Engine engine;
  const Tensor x = uniform_tensor({64, 6}, -1, 1, Random(1));
  Tensor y = Tensor::zeros({64, 2});
  for (size_t i = 0; i < 64; ++i) y.values()[2 * i + (x.values()[6 * i] > 0 ? 1 : 0)] = 1;
  const ArrayDataset data(x, y);

  const Symbol in = input({6}, "x");
  const Symbol repeated = flatten()(repeat_vector({.n = 1})(in));
  const Symbol out =
      dense({.units = 2, .activation = "softmax", .name = "out"})(negate()(repeated));
  const Model model(in, out);
  model.compile({.optimizer = make_optimizer("sign_descent@learning_rate=0.02"),
                 .loss = "mean_absolute_error",
                 .metrics = {"sharpness"}});
  const auto stop = make_callback("stop_below@loss=0.2");
  const History history = model.fit(engine, data, {.epochs = 200, .callbacks = {stop.get()}});
  std::cout << "epochs " << history.epochs.size() << '\n';
  for (const auto& [name, value] : model.evaluate(engine, data))
    std::cout << name << ' ' << value << '\n';

  const Tensor answers = model.predict(engine, x);
  int right = 0;
  for (size_t i = 0; i < 64; ++i)
    right += (answers.values()[2 * i + 1] > 0.5F) == (x.values()[6 * i] > 0) ? 1 : 0;
  std::cout << "right " << right << " of 64\n";
  save_weights(model, std::string(arguments[1]) + "/model.counts");
}
