// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Ownable, Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {IKeeperErrors} from "../../interfaces/IKeeperErrors.sol";
import {ILpModule} from "../../interfaces/ILpModule.sol";
import {ShareMath} from "../../libraries/ShareMath.sol";
import {Cast} from "../../types/Cast.sol";
import {ZeroAddress} from "../../types/Errors.sol";
import {PPM, WAD} from "../../types/Units.sol";
import {LpRequestVault} from "./LpRequestVault.sol";

/// @title The settlement fees of requests by callers that attach no ether
/// @notice The keeper's fee of a request is the attached value. Without it, the fee is the request vault's minimum:
/// - from the caller's prepaid balance. Any account can prepay for another;
/// - else from the float of the owner, who sells it for a part of the request's input, at a posted price and at most
///   {MAX_FEE_RATIO} of the input. A higher price is in force after {PRICE_DELAY} only, and the float is sold at a limited
///   speed.
/// Only the caller pays, so that a request for a controller never spends the controller's balance.
abstract contract LpSettlementFees is IKeeperErrors, Ownable2Step, ReentrancyGuardTransient {
    using Cast for int256;
    using SafeERC20 for IERC20;

    /// @notice Wei. `sender` paid for `account`, or the request vault returned the fee of a cancelled request.
    event Prepaid(address indexed account, address indexed sender, uint256 value);
    event PrepaidWithdrawn(address indexed account, address indexed receiver, uint256 value);
    /// @notice The fee of a request, wei. `input` is the part of its input that paid for it: assets of a deposit, shares of a
    /// redemption; zero for a prepaid fee.
    event FeeCharged(address indexed payer, bool isDeposit, uint256 value, uint256 input);
    /// @notice Assets for one ether, own decimals, in force from `effectiveAt` (seconds) on; zero: the fee is not sold. The limit
    /// of sales is in wei, and in force at once.
    event EtherPriceSet(uint256 etherPrice, uint256 effectiveAt, uint256 saleLimit);
    /// @notice Wei, after the change.
    event FloatChanged(uint256 feeFloat);

    /// @notice The fee would take more than {MAX_FEE_RATIO} of the request's input.
    error FeeAboveLimit(uint256 fee, uint256 maxFee);
    /// @notice Wei.
    error FeeBalanceTooLow(uint256 requested, uint256 available);

    /// @notice Most that the owner's price takes from a request, ppm of its input.
    uint256 public constant MAX_FEE_RATIO = 10_000;
    /// @notice Seconds before a higher price is in force, so that a request pays no price that was not posted when its caller
    /// sent it.
    uint256 public constant PRICE_DELAY = 1 hours;
    /// @notice Seconds in which the limit of sales is available again.
    uint256 public constant SALE_PERIOD = 1 hours;

    LpRequestVault public immutable requestVault;
    /// @notice The maker of the request vault, and the share token.
    ILpModule public immutable maker;
    IERC20 internal immutable _asset;
    uint256 private immutable _assetScale;

    /// @notice Most wei of the float that is sold at once. As much becomes available again in each {SALE_PERIOD}, evenly.
    uint128 public saleLimit;
    /// @dev Asset for one ether, own decimals: until `_raisedAt` (seconds) and from then on. Zero without a raise.
    uint256 private _price;
    uint256 private _raisedPrice;
    uint256 private _raisedAt;
    /// @dev Wei sold at `_soldAt` (seconds) and not yet available again.
    uint256 private _sold;
    uint256 private _soldAt;
    /// @notice The owner's ether from which fees are sold, wei.
    uint256 public feeFloat;
    /// @notice Wei.
    mapping(address account => uint256 value) public prepaidOf;

    constructor(LpRequestVault requestVault_, address owner_) Ownable(owner_) {
        requestVault = requestVault_;
        maker = requestVault_.maker();
        _asset = maker.asset();
        _assetScale = maker.assetScale();
    }

    // ---------------------------------------------------------------------------------------------------- owner ----

    /// @notice Sets the price at which the float is sold, and the speed. Owner only. A higher price is in force after
    /// {PRICE_DELAY}, a lower one at once. The owner bears the risk of an old price, with the part of the float that is sold
    /// before the next one.
    /// @param etherPrice_ asset for one ether, own decimals; zero ends the sale
    /// @param saleLimit_ wei, see {saleLimit}
    function setEtherPrice(uint256 etherPrice_, uint128 saleLimit_) external onlyOwner {
        uint256 inForce = etherPrice();
        uint256 effectiveAt = block.timestamp;
        if (etherPrice_ > inForce) {
            effectiveAt += PRICE_DELAY;
            (_price, _raisedPrice, _raisedAt) = (inForce, etherPrice_, effectiveAt);
        } else {
            (_price, _raisedAt) = (etherPrice_, 0);
        }
        (_sold, _soldAt) = (_soldNow(), block.timestamp);
        saleLimit = saleLimit_;
        emit EtherPriceSet(etherPrice_, effectiveAt, saleLimit_);
    }

    /// @notice Takes ether out of the float. Owner only. Reverts with `FeeBalanceTooLow`.
    function withdrawFloat(uint256 value, address receiver) external onlyOwner {
        uint256 available = feeFloat;
        if (value > available) revert FeeBalanceTooLow(value, available);
        feeFloat = available - value;
        emit FloatChanged(available - value);
        Address.sendValue(payable(receiver), value);
    }

    /// @notice Transfers the assets and shares that paid for fees to the receiver. Owner only.
    function collect(address receiver) external onlyOwner nonReentrant {
        if (receiver == address(0)) revert ZeroAddress();
        // Between calls this contract holds nothing else: requests and claims pass through.
        _asset.safeTransfer(receiver, _asset.balanceOf(address(this)));
        IERC20 shares = IERC20(maker);
        shares.safeTransfer(receiver, shares.balanceOf(address(this)));
    }

    // ------------------------------------------------------------------------------------------------- balances ----

    /// @notice Adds the attached value to the float.
    function fundFloat() external payable {
        feeFloat += msg.value;
        emit FloatChanged(feeFloat);
    }

    /// @notice Adds the attached value to the prepaid balance of `account`, which pays for the requests that it makes.
    function prepay(address account) external payable {
        if (account == address(0)) revert ZeroAddress();
        _credit(account, msg.value);
    }

    /// @notice Withdraws from the caller's prepaid balance. Reverts with `FeeBalanceTooLow`.
    /// @param value wei
    function withdrawPrepaid(uint256 value, address receiver) external {
        uint256 available = prepaidOf[msg.sender];
        if (value > available) revert FeeBalanceTooLow(value, available);
        prepaidOf[msg.sender] = available - value;
        emit PrepaidWithdrawn(msg.sender, receiver, value);
        Address.sendValue(payable(receiver), value);
    }

    // ---------------------------------------------------------------------------------------------------- views ----

    /// @notice Price of one ether in the asset, own decimals; zero: the fee is not sold.
    function etherPrice() public view returns (uint256) {
        return _raisedAt != 0 && block.timestamp >= _raisedAt ? _raisedPrice : _price;
    }

    /// @notice The price that replaces {etherPrice}, own decimals, and its time, seconds. Zero without one.
    function nextEtherPrice() external view returns (uint256 price, uint256 effectiveAt) {
        if (block.timestamp < _raisedAt) (price, effectiveAt) = (_raisedPrice, _raisedAt);
    }

    /// @notice Wei of the float that is for sale now.
    function forSale() public view returns (uint256) {
        return Math.min(feeFloat, Math.saturatingSub(saleLimit, _soldNow()));
    }

    /// @notice The fee of a request that `payer` makes now without attached value. Reverts with `KeeperFeeTooLow` when neither
    /// its prepaid balance nor {forSale} suffices.
    /// @return value wei
    /// @return input part of the request's input that pays for it, up: assets of a deposit, shares of a redemption; zero for a
    /// prepaid fee
    function quoteFee(address payer, bool isDeposit) public view returns (uint256 value, uint256 input) {
        value = requestVault.rules().minKeeperFee;
        uint256 prepaid = prepaidOf[payer];
        if (prepaid >= value) return (value, 0);
        uint256 price = etherPrice();
        if (price == 0 || forSale() < value) revert KeeperFeeTooLow(prepaid, value);
        input = Math.mulDiv(value, price, WAD, Math.Rounding.Ceil);
        if (isDeposit) return (value, input);
        (int256 total, uint256 totalShares) = maker.lastValuation();
        input = Math.mulDiv(
            input * _assetScale,
            totalShares + ShareMath.VIRTUAL,
            total.positivePart() + ShareMath.VIRTUAL,
            Math.Rounding.Ceil
        );
    }

    // -------------------------------------------------------------------------------------------------- internal ----

    /// @dev Charges the fee of a request by the caller.
    /// @param amount the request's input
    /// @return value wei, for the request vault
    /// @return input part of `amount` that pays for it
    function _chargeFee(bool isDeposit, uint256 amount) internal returns (uint256 value, uint256 input) {
        // The request vault compares it with its minimum.
        if (msg.value != 0) return (msg.value, 0);
        (value, input) = quoteFee(msg.sender, isDeposit);
        if (value == 0) return (0, 0);
        if (input == 0) {
            prepaidOf[msg.sender] -= value;
        } else {
            uint256 limit = Math.mulDiv(amount, MAX_FEE_RATIO, PPM);
            if (input > limit) revert FeeAboveLimit(input, limit);
            feeFloat -= value;
            (_sold, _soldAt) = (_soldNow() + value, block.timestamp);
            emit FloatChanged(feeFloat);
        }
        emit FeeCharged(msg.sender, isDeposit, value, input);
    }

    /// @dev Wei sold and not yet available again.
    function _soldNow() private view returns (uint256) {
        return Math.saturatingSub(_sold, uint256(saleLimit) * (block.timestamp - _soldAt) / SALE_PERIOD);
    }

    function _credit(address account, uint256 value) internal {
        prepaidOf[account] += value;
        emit Prepaid(account, msg.sender, value);
    }
}
