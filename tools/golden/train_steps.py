"""Asks Keras for losses with gradients, and for optimizer trajectories; writes tests/golden/train/steps.txt."""
import os
import pathlib
os.environ['TF_CPP_MIN_LOG_LEVEL']='2'
import numpy as np, keras, tensorflow as tf
x=np.array([[1.5,-0.5,0.25],[-2,0.75,3]],'float32'); t=np.array([[0,1,0],[0.2,0.3,0.5]],'float32'); w=np.array([2,0.5],'float32')
out=[f'# keras {keras.__version__} tensorflow {tf.__version__}']
def show(name,loss,y,t):
    v=tf.Variable(y)
    with tf.GradientTape() as g: l=loss(t,v,sample_weight=w)
    out.append(' '.join([name]+[repr(float(a)) for a in [l,*g.gradient(l,v).numpy().ravel()]]))
p=np.array([[.2,.5,.1],[.1,.3,.7]],'float32')
L=keras.losses
# Named as thaw takes them: the loss with its options; "_logits" where the numbers are logits.
cc,scc,bc='categorical_crossentropy','sparse_categorical_crossentropy','binary_crossentropy'
show(cc+'@label_smoothing=0.1,from_logits=true_logits',L.CategoricalCrossentropy(from_logits=True,label_smoothing=.1),x,t)
show(cc+'@label_smoothing=0.1',L.CategoricalCrossentropy(label_smoothing=.1),p,t)
show(scc+'@from_logits=true_logits',L.SparseCategoricalCrossentropy(from_logits=True),x,np.array([1,2]))
show(scc,L.SparseCategoricalCrossentropy(),p,np.array([1,2]))
show(bc+'@label_smoothing=0.1,from_logits=true_logits',L.BinaryCrossentropy(from_logits=True,label_smoothing=.1),x,t)
show(bc,L.BinaryCrossentropy(),p,t)
show('mean_squared_error',L.MeanSquaredError(),p,t)
# Named as thaw takes them: the optimizer with its options.
O=keras.optimizers
for name,o in [('adam',O.Adam(.1)),('adam@clipnorm=0.5',O.Adam(.1,clipnorm=.5)),('adamw',O.AdamW(.1)),('sgd',O.SGD(.1)),('sgd@momentum=0.9',O.SGD(.1,momentum=.9)),('sgd@momentum=0.9,nesterov=true',O.SGD(.1,momentum=.9,nesterov=True)),('sgd@clipvalue=0.3',O.SGD(.1,clipvalue=.3)),('sgd@global_clipnorm=0.5',O.SGD(.1,global_clipnorm=.5)),('rmsprop',O.RMSprop(.1)),('lion',O.Lion(.1)),('lion@beta_1=0.5,weight_decay=0.1',O.Lion(.1,beta_1=.5,weight_decay=.1)),('adagrad',O.Adagrad(.1)),('adagrad@initial_accumulator_value=0.5',O.Adagrad(.1,initial_accumulator_value=.5)),('sgd@use_ema=true,ema_momentum=0.5',O.SGD(.1,use_ema=True,ema_momentum=.5)),('adam@use_ema=true',O.Adam(.1,use_ema=True)),('adamw@use_ema=true,ema_momentum=0.7,ema_overwrite_frequency=2',O.AdamW(.1,use_ema=True,ema_momentum=.7,ema_overwrite_frequency=2)),('rmsprop@use_ema=true,ema_momentum=0,ema_overwrite_frequency=1',O.RMSprop(.1,use_ema=True,ema_momentum=0,ema_overwrite_frequency=1)),('lion@use_ema=true,ema_momentum=0.9,ema_overwrite_frequency=3',O.Lion(.1,use_ema=True,ema_momentum=.9,ema_overwrite_frequency=3)),('adagrad@use_ema=true,ema_momentum=1',O.Adagrad(.1,use_ema=True,ema_momentum=1))]:
    v=keras.Variable(np.array([1,-2,.5],'float32'))
    for k in range(3): o.apply([tf.constant([.5+k,-.25,.1*k],tf.float32)],[v])
    o.finalize_variable_values([v])
    out.append(' '.join([name]+[repr(float(a)) for a in v.numpy()]))
folder=pathlib.Path(__file__).parents[2]/'tests/golden/train'
folder.mkdir(parents=True,exist_ok=True)
(folder/'steps.txt').write_text('\n'.join(out)+'\n')
