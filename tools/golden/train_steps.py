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
show('cc_logits',L.CategoricalCrossentropy(from_logits=True,label_smoothing=.1),x,t)
show('cc',L.CategoricalCrossentropy(label_smoothing=.1),p,t)
show('scc_logits',L.SparseCategoricalCrossentropy(from_logits=True),x,np.array([1,2]))
show('scc',L.SparseCategoricalCrossentropy(),p,np.array([1,2]))
show('bc_logits',L.BinaryCrossentropy(from_logits=True,label_smoothing=.1),x,t)
show('bc',L.BinaryCrossentropy(),p,t)
show('mse',L.MeanSquaredError(),p,t)
O=keras.optimizers
for name,o in [('adam',O.Adam(.1)),('adam_clip',O.Adam(.1,clipnorm=.5)),('adamw',O.AdamW(.1)),('sgd',O.SGD(.1)),('sgd_m',O.SGD(.1,momentum=.9)),('sgd_n',O.SGD(.1,momentum=.9,nesterov=True)),('sgd_v',O.SGD(.1,clipvalue=.3)),('sgd_g',O.SGD(.1,global_clipnorm=.5)),('rmsprop',O.RMSprop(.1))]:
    v=keras.Variable(np.array([1,-2,.5],'float32'))
    for k in range(3): o.apply([tf.constant([.5+k,-.25,.1*k],tf.float32)],[v])
    out.append(' '.join([name]+[repr(float(a)) for a in v.numpy()]))
folder=pathlib.Path(__file__).parents[2]/'tests/golden/train'
folder.mkdir(parents=True,exist_ok=True)
(folder/'steps.txt').write_text('\n'.join(out)+'\n')
