
C
xPlaceholder*
dtype0*$
shape:ÿÿÿÿÿÿÿÿÿ

aAddxb

bRelua

cRelub