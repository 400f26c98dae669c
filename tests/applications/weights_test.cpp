// Where official weights come from: thaw's folder, Keras's, the network (a server in this test).

#include "thaw/applications/weights.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <optional>

#include "support/error_of.h"
#include "support/loopback_server.h"
#include "support/temporary_folder.h"
#include "thaw/applications/networks/mobilenet.h"
#include "thaw/core/files.h"
#include "thaw/core/variable.h"
#include "thaw/download/digest.h"
#include "thaw/formats/model_file.h"

namespace thaw::applications {
namespace {

namespace fs = std::filesystem;
using thaw::testing::contains;
using thaw::testing::Environment;
using thaw::testing::error_of;
using thaw::testing::HttpConnection;
using thaw::testing::HttpRequest;
using thaw::testing::LoopbackServer;

/// Without a published hash, so that a test can make its own.
const std::string name = "mobilenet_2_5_128_tf_no_top.h5";

Options small(const std::string& weights) {
  return {.input_shape = {128, 128, 3},
          .include_top = false,
          .weights = weights,
          .own = MobileNetOptions{.alpha = 0.25}};
}

class Weights : public ::testing::Test {
 protected:
  void SetUp() override {
    fs::create_directories(weights_folder());
    fs::create_directories(keras_models());
    fs::create_directories(home_models());
    official.initialize_weights(7);
    save_weights(official, folder / "official.h5");
    file = read_file(folder / "official.h5");
  }

  fs::path keras_models() const { return folder.path() / "keras" / "models"; }
  fs::path home_models() const { return folder.path() / "home" / ".keras" / "models"; }

  /// The weights of another training, to tell sources apart.
  std::string file_of(uint64_t seed) const {
    const Functional other = mobilenet(small("none"));
    other.initialize_weights(seed);
    save_weights(other, folder / "other.h5");
    return read_file(folder / "other.h5");
  }

  void expect_weights(uint64_t seed, const Functional& received) const {
    official.initialize_weights(seed);
    const auto a = official.variables();
    const auto b = received.variables();
    ASSERT_EQ(a.size(), b.size());
    for (size_t i = 0; i < a.size(); ++i)
      EXPECT_TRUE(std::ranges::equal(a[i]->value().values(), b[i]->value().values())) << i;
  }

  size_t requests() const { return server.requests().size(); }

  const testing::TemporaryFolder folder;
  const Environment thaw_home{"THAW_HOME", folder / "thaw"};
  const Environment keras_home{"KERAS_HOME", folder / "keras"};
  const Environment home{"HOME", folder / "home"};
  const Functional official = mobilenet(small("none"));
  std::string file;
  LoopbackServer server{[this](const HttpRequest& request, const HttpConnection& connection) {
    offer_file(request, connection, file);
  }};
  const Environment mirror{"THAW_WEIGHTS_URL", server.url("mirror")};
};

TEST_F(Weights, are_downloaded_once_and_found_again) {
  expect_weights(7, mobilenet(small("imagenet")));
  ASSERT_EQ(requests(), 1U);
  EXPECT_EQ(server.requests()[0].path, "/mirror/" + name);
  EXPECT_EQ(read_file(weights_folder() / name), file);
  EXPECT_EQ(weights_folder(), folder.path() / "thaw" / "weights");
  expect_weights(7, mobilenet(small("imagenet")));
  EXPECT_EQ(requests(), 1U);
}

TEST_F(Weights, are_looked_for_in_thaws_folder_then_in_keras_folder) {
  write_file(weights_folder() / name, file_of(1));
  write_file(keras_models() / name, file_of(2));
  write_file(home_models() / name, file_of(3));
  expect_weights(1, mobilenet(small("imagenet")));
  fs::remove(weights_folder() / name);
  expect_weights(2, mobilenet(small("imagenet")));
  {
    const Environment unset("KERAS_HOME", "");
    expect_weights(3, mobilenet(small("imagenet")));
  }
  EXPECT_EQ(requests(), 0U);
  EXPECT_FALSE(fs::exists(weights_folder() / name)) << "Keras's file is read where it lies";
}

TEST_F(Weights, that_are_cut_off_in_keras_folder_are_not_used_and_not_touched) {
  const std::string cut = file_of(2).substr(0, file.size() / 2);
  write_file(keras_models() / name, cut);
  expect_weights(7, mobilenet(small("imagenet")));
  EXPECT_EQ(requests(), 1U);
  EXPECT_EQ(read_file(keras_models() / name), cut);
}

TEST_F(Weights, with_a_published_hash_are_held_against_it_wherever_they_are) {
  const WeightsFile wanted{.name = "a.h5",
                           .address = "https://127.0.0.1:1/never/",
                           .hash = file_digest(folder / "official.h5", "md5")};
  std::string damaged = file;
  damaged[damaged.size() / 2] ^= 1;
  write_file(weights_folder() / "a.h5", damaged);
  write_file(keras_models() / "a.h5", damaged);
  EXPECT_EQ(find_weights(wanted), std::nullopt);
  EXPECT_EQ(read_file(fetch_weights(wanted, {})), file);
  EXPECT_EQ(requests(), 1U);

  file = damaged;
  fs::remove(weights_folder() / "a.h5");
  const std::string message = error_of([&] { fetch_weights(wanted, {}); });
  EXPECT_TRUE(contains(message, "expected md5 " + wanted.hash)) << message;
  EXPECT_FALSE(fs::exists(weights_folder() / "a.h5"));
}

TEST_F(Weights, that_are_a_web_page_are_refused) {
  file = "<html>Please log in</html>";
  const std::string message = error_of([] { mobilenet(small("imagenet")); });
  EXPECT_TRUE(contains(message, "expected an HDF5 file")) << message;
  EXPECT_TRUE(fs::is_empty(weights_folder()));
}

TEST_F(Weights, offline_the_error_says_which_file_to_put_where) {
  const Environment nowhere("THAW_WEIGHTS_URL", "http://127.0.0.1:1/");
  const std::string message = error_of([] { mobilenet(small("imagenet")); });
  EXPECT_TRUE(message.starts_with("mobilenet: ")) << message;
  EXPECT_TRUE(contains(message, "http://127.0.0.1:1/" + name)) << message;
  EXPECT_TRUE(contains(message, "put " + name + " into " + weights_folder().string())) << message;
  write_file(weights_folder() / name, file);
  expect_weights(7, mobilenet(small("imagenet")));
}

TEST_F(Weights, of_a_mirror_that_is_no_address_are_a_wrong_call) {
  const Environment wrong("THAW_WEIGHTS_URL", "http://example.com");
  const std::string message = error_of([] { mobilenet(small("imagenet")); });
  EXPECT_TRUE(contains(message, "expected an https address")) << message;
}

TEST_F(Weights, report_their_progress_and_can_be_stopped) {
  Options options = small("imagenet");
  options.on_download = [&](int64_t, int64_t total) {
    EXPECT_EQ(total, static_cast<int64_t>(file.size()));
    return false;
  };
  EXPECT_TRUE(contains(error_of([&] { mobilenet(options); }), "stopped"));
  EXPECT_FALSE(fs::exists(weights_folder() / name));
  options.on_download = {};
  expect_weights(7, mobilenet(options));
}

TEST_F(Weights, of_another_network_are_an_error_that_names_the_file) {
  Options options = small("none");
  options.own.set("alpha", 0.5);
  save_weights(mobilenet(options), weights_folder() / name);
  const std::string message = error_of([] { mobilenet(small("imagenet")); });
  EXPECT_TRUE(contains(message, name)) << message;
  EXPECT_TRUE(contains(message, "expected shape (3, 3, 3, 8), received (3, 3, 3, 16)")) << message;
}

TEST_F(Weights, from_a_named_file_ask_no_server) {
  expect_weights(7, mobilenet(small(folder / "official.h5")));
  const std::string message = error_of([&] { mobilenet(small(folder / "missing.h5")); });
  EXPECT_TRUE(contains(message, "missing.h5")) << message;
  EXPECT_EQ(requests(), 0U);
}

}  // namespace
}  // namespace thaw::applications
