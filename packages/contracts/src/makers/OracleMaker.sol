// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IClearingHouse} from "../interfaces/IClearingHouse.sol";
import {FillInput, IMaker} from "../interfaces/IMaker.sol";
import {InventoryCurve} from "../libraries/InventoryCurve.sol";
import {MarginMath} from "../libraries/MarginMath.sol";
import {Position} from "../types/Position.sol";
import {Base, BaseLib, PPM, Price, Quote, QuoteLib, WAD} from "../types/Units.sol";
import {LpVault} from "./LpVault.sol";

/// @title An LP vault that quotes around the oracle price with a premium for its inventory
/// @notice LPs deposit the exchange's collateral, all of which is the maker's margin, and carry the residual inventory.
/// The curve is {InventoryCurve}. Orders reach it only through allow-listed senders (gateways), because the stored
/// oracle price can be front-run.
contract OracleMaker is LpVault {
    using InventoryCurve for InventoryCurve.Curve;
    using SafeERC20 for *;

    /// @dev One storage word.
    struct Parameters {
        /// @dev Premium at the cap, ppm of the oracle price, 0 to 1e6.
        uint24 maxSpread;
        /// @dev Margin ratio that fills that increase the maker's exposure, and withdrawals, must leave; ppm.
        uint24 minMarginRatio;
        /// @dev Cap of the inventory on either side, WAD base.
        uint104 maxAbsPosition;
    }

    /// @notice WAD, from the taker's side.
    event OMOrderFilled(uint256 marketId, uint256 oraclePrice, int256 baseAmount, int256 quoteAmount);
    /// @notice Prices WAD quote per base, `size` WAD base, `fee` WAD quote, `spread` |tradePrice / orcalePrice - 1| with
    /// 1e6 = 100%, down.
    event PythOracleOrderFilled(uint256 orcalePrice, uint256 tradePrice, uint256 size, uint256 fee, uint256 spread);
    event ParametersSet(Parameters parameters);
    event ValidSenderSet(address indexed sender, bool allowed);

    error InvalidMaxAbsPosition(uint256 maxAbsPosition);

    Parameters private _parameters;
    /// @notice Whose orders the maker takes.
    mapping(address sender => bool allowed) public isValidSender;

    constructor(
        string memory name_,
        string memory symbol_,
        address owner_,
        IClearingHouse clearingHouse_,
        uint256 marketId_,
        Parameters memory parameters_
    ) LpVault(name_, symbol_, owner_, clearingHouse_, marketId_, clearingHouse_.vault().asset()) {
        _setParameters(parameters_);
    }

    // ---------------------------------------------------------------------------------------------------- owner ----

    /// @notice Sets spread, margin floor and cap. The premium at the cap must fit the market's price band.
    function setParameters(Parameters calldata parameters_) external onlyOwner {
        _setParameters(parameters_);
    }

    /// @notice Allows a gateway to bring orders, or not.
    function setValidSender(address sender, bool allowed) external onlyOwner {
        isValidSender[sender] = allowed;
        emit ValidSenderSet(sender, allowed);
    }

    // ---------------------------------------------------------------------------------------------------- maker ----

    /// @inheritdoc IMaker
    function fillOrder(bool isBaseToQuote, bool isExactInput, uint256 amount, bytes calldata data)
        external
        onlyClearingHouse
        returns (uint256 oppositeAmount, bytes memory callbackData)
    {
        FillInput memory input = abi.decode(data, (FillInput));
        if (!isValidSender[input.sender]) revert SenderNotAllowed(input.sender);
        bool isExactBase = isBaseToQuote == isExactInput;
        oppositeAmount = _quote(input.price, input.makerSize, isBaseToQuote, isExactBase, amount);

        (uint256 baseAmount, uint256 quoteAmount) = isExactBase ? (amount, oppositeAmount) : (oppositeAmount, amount);
        _emitFill(input.price, isBaseToQuote, baseAmount, quoteAmount);

        Base fill = BaseLib.toBase(baseAmount);
        if (!isBaseToQuote) fill = -fill;
        // Only a fill that increases the exposure answers for the margin ratio (T9).
        if (!input.makerSize.isReducedBy(fill)) callbackData = hex"01";
    }

    /// @inheritdoc IMaker
    function fillOrderCallback(bytes calldata data) external view onlyClearingHouse {
        (int256 accountValue, uint256 notional) = abi.decode(data, (int256, uint256));
        _checkMinMarginRatio(accountValue, notional, _parameters.minMarginRatio);
    }

    /// @inheritdoc IMaker
    /// @dev Inventory that comes or goes is what this maker carries anyway.
    function onPositionForced(int256 base, int256 quote, uint256 price) external view onlyExchange {}

    // ---------------------------------------------------------------------------------------------------- views ----

    function maxSpread() external view returns (uint256) {
        return _parameters.maxSpread;
    }

    function maxAbsPosition() external view returns (uint256) {
        return _parameters.maxAbsPosition;
    }

    function minMarginRatio() external view returns (uint256) {
        return _parameters.minMarginRatio;
    }

    /// @notice Marginal prices at the current inventory and oracle price, WAD quote per base, within one wei.
    function getPrices() external view returns (uint256 bid, uint256 ask, uint256 reservationPrice) {
        Parameters memory p = _parameters;
        (Price price,) = oracle.getPrice(marketId);
        reservationPrice = InventoryCurve.reservationPrice(price, _position().size, p.maxSpread, p.maxAbsPosition);
        bid = Math.min(price.unwrap(), reservationPrice);
        ask = Math.max(price.unwrap(), reservationPrice);
    }

    /// @notice What an order would trade against at the current price, on the same curve as fills.
    /// @return oppositeAmount WAD
    function getQuote(bool isBaseToQuote, bool isExactInput, uint256 amount)
        external
        view
        returns (uint256 oppositeAmount)
    {
        (Price price,) = oracle.getPrice(marketId);
        return _quote(price, _position().size, isBaseToQuote, isBaseToQuote == isExactInput, amount);
    }

    /// @inheritdoc IMaker
    function getUtilRatio() external view returns (uint256 longUtilRatio, uint256 shortUtilRatio) {
        Base size = _position().size;
        uint256 ratio = Math.min(WAD, size.abs() * WAD / _parameters.maxAbsPosition);
        // Shorts use a maker that is long.
        return size.unwrap() > 0 ? (uint256(0), ratio) : (ratio, uint256(0));
    }

    /// @inheritdoc IMaker
    function getCapacity() external view returns (uint256 long, uint256 short) {
        return (_parameters.maxAbsPosition, _parameters.maxAbsPosition);
    }

    /// @inheritdoc IMaker
    function requiredBand() external view returns (uint256) {
        return _parameters.maxSpread;
    }

    /// @inheritdoc IMaker
    function isSpotHedged() external pure returns (bool) {
        return false;
    }

    // -------------------------------------------------------------------------------------------------- internal ----

    function _setParameters(Parameters memory parameters_) private {
        _checkRatio(parameters_.maxSpread, 0, clearingHouse.rulesOf(marketId).priceBand);
        _checkRatio(parameters_.minMarginRatio, vault.marketOf(marketId).initialMarginRatio, PPM);
        if (parameters_.maxAbsPosition == 0) revert InvalidMaxAbsPosition(0);
        _parameters = parameters_;
        emit ParametersSet(parameters_);
        vault.setCapacity(marketId, parameters_.maxAbsPosition, parameters_.maxAbsPosition);
    }

    function _quote(Price price, Base inventory, bool isBaseToQuote, bool isExactBase, uint256 amount)
        private
        view
        returns (uint256)
    {
        Parameters memory p = _parameters;
        InventoryCurve.Curve memory curve =
            InventoryCurve.from(price, inventory, !isBaseToQuote, p.maxSpread, p.maxAbsPosition);
        return isExactBase ? curve.quoteForBase(amount) : curve.baseForQuote(amount);
    }

    function _emitFill(Price price, bool isBaseToQuote, uint256 baseAmount, uint256 quoteAmount) private {
        int256 base = BaseLib.toBase(baseAmount).unwrap();
        int256 quote = QuoteLib.toQuote(quoteAmount).unwrap();
        emit OMOrderFilled(marketId, price.unwrap(), isBaseToQuote ? -base : base, isBaseToQuote ? quote : -quote);
        uint256 tradePrice = baseAmount == 0 ? 0 : Math.mulDiv(quoteAmount, WAD, baseAmount);
        emit PythOracleOrderFilled(price.unwrap(), tradePrice, baseAmount, 0, _distance(tradePrice, price.unwrap()));
    }

    /// @dev |tradePrice / oraclePrice - 1|, ppm, down.
    function _distance(uint256 tradePrice, uint256 oraclePrice) private pure returns (uint256) {
        uint256 difference = tradePrice > oraclePrice ? tradePrice - oraclePrice : oraclePrice - tradePrice;
        return Math.mulDiv(difference, PPM, oraclePrice);
    }

    function _position() private view returns (Position memory) {
        return vault.positionOf(marketId, address(this));
    }

    /// @dev Account value: on this curve the pool's own quote for closing its inventory is the oracle price.
    function _totalAssets(Valuation memory v) internal pure override returns (int256) {
        return v.accountValue.unwrap();
    }

    function _needsPrice(Valuation memory v, bool) internal pure override returns (bool) {
        return !v.position.size.isZero();
    }

    /// @dev What is free by the Vault's rule for withdrawals (L6: no unrealised profit), by the maker's own, and by what
    /// the market holds.
    function _payableXCD(Valuation memory v) internal view override returns (uint256) {
        uint256 notional = v.position.size.isZero() ? 0 : v.position.size.notionalCeil(v.price);
        uint256 byMaker = _excess(v.accountValue, MarginMath.requirementCeil(notional, _parameters.minMarginRatio));
        return Math.min(byMaker / assetScale, vault.freeMarginOf(marketId, address(this)));
    }

    /// @dev Straight from the LP into the Vault, once.
    function _takeIn(uint256 amountXCD) internal override returns (uint256 receivedXCD) {
        vault.beginReceive(marketId);
        asset.safeTransferFrom(msg.sender, address(vault), amountXCD);
        return vault.endReceive();
    }

    /// @dev The Vault asks for the initial margin of what is left, and this for the maker's own floor.
    function _payOut(Valuation memory v, Payout memory payout, address receiver) internal override {
        if (!v.position.size.isZero()) {
            Quote left = v.accountValue - QuoteLib.toQuote(payout.amountXCD * assetScale);
            _checkMinMarginRatio(left.unwrap(), v.position.size.notionalCeil(v.price), _parameters.minMarginRatio);
        }
        vault.withdrawMargin(marketId, payout.amountXCD, receiver);
    }

    /// @dev What an amount is above a requirement, WAD quote; zero when it is below.
    function _excess(Quote amount, uint256 required) private pure returns (uint256) {
        uint256 held = amount.positivePart();
        return held > required ? held - required : 0;
    }
}
