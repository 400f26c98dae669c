
C
xPlaceholder*
dtype0*$
shape:ÿÿÿÿÿÿÿÿÿ

aRelux:99999999999999